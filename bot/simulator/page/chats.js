// What a chat is to the page: a private one with the bot, or a group, perhaps with topics.

const empty = () => ({ messages: new Map(), unreadIn: new Map(), draft: "", thread: undefined });

export const asPrivate = (person) => ({
  ...empty(),
  id: person.id,
  title: person.first_name,
  note: person.note,
  writer: person.id,
  language: person.language_code,
  isGroup: false,
  placeholder: "问一句，或贴订单号",
  hint: "点「开始」，或直接问佣金、贴订单号",
});

export const asGroup = (group) => ({
  ...empty(),
  id: group.id,
  title: group.title,
  note: group.note,
  writer: group.member,
  isGroup: true,
  is_forum: Boolean(group.is_forum),
  topics: group.topics,
  placeholder: group.is_forum ? "写给对方" : "@ 机器人提问",
  hint: group.is_forum
    ? "有人转人工、申请绑定时，这里会收到；平台的报表拖进来就导入"
    : "@ 机器人提问；或打它的名字加几个字，从列表里挑",
});

/** Where its writer writes, for the control API. */
export const placeOf = (chat) =>
  chat.isGroup ? { writer: chat.writer, chat: chat.id, thread: chat.thread } : { writer: chat.writer };

/** The messages that stand in the open topic; without topics all. */
export function shownIn(chat) {
  const all = [...chat.messages.values()];
  if (!chat.is_forum) return all;
  const beginnings = new Set(chat.topics.map(({ id }) => id));
  return all.filter((message) =>
    message.message_thread_id === chat.thread && !beginnings.has(message.message_id));
}
