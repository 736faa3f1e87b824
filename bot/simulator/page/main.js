// The page: holds all chats, shows one, and follows what happens.

import * as api from "./api.js";
import * as composer from "./composer.js";
import * as conversation from "./conversation.js";
import { shortly } from "./bubble.js";
import { asGroup, asPrivate, placeOf, shownIn } from "./chats.js";
import { byId, element } from "./dom.js";
import { alertBox, attempt, toast } from "./feedback.js";
import { readFile } from "./files.js";
import * as second from "./second.js";
import * as sidebar from "./sidebar.js";
import { showTopics } from "./topics.js";

const TYPING_MS = 5000;
const NARROW = matchMedia("(max-width: 760px)");
// In the second pane there is one chat and no panel.
const ONLY = Number(new URLSearchParams(location.search).get("chat"));

let state;
let chats = [];
let current;
let typingEnds;
let held = null;

const actions = {
  isOwn: (message) => message.from.id === current.writer,
  get inGroup() { return current.isGroup; },
  send: (text) => attempt(() => api.say(placeOf(current), text)),
  edit: (message) => composer.startEdit(message),
  press: async (message, row, column, key) => {
    key.classList.add("waiting");
    const done = await attempt(() => api.press(placeOf(current), message.message_id, row, column));
    if (!done) key.classList.remove("waiting");
  },
};

const hands = {
  send: actions.send,
  edit: (message, text) => attempt(() => api.edit(placeOf(current), message.message_id, text)),
  upload: (file, caption) =>
    attempt(async () => api.sendFile(placeOf(current), await readFile(file), caption)),
  mayAskInline: () => current.isGroup,
  inline: (text) => attempt(() => api.askInline(placeOf(current), text)),
  choose: (query, result) => attempt(() => api.choose(placeOf(current), query, result)),
};

const handlers = {
  message: ({ person, message }) => received(chatOf(person), message),
  deleted: ({ person, message_id: id }) => deleted(chatOf(person), id),
  typing: ({ person }) => { if (person === current?.id) setTyping(true); },
  toast: answered,
  topics: ({ person, topics }) => topicsChanged(chatOf(person), topics),
  clock: ({ clock }) => sidebar.showClock(clock),
  commands: () => { if (current) loadCommands(); },
};

const chatOf = (id) => chats.find((chat) => chat.id === id);

// What happens while the chats are being read is shown after them, or it would be lost.
async function happened(event) {
  if (event.kind === "connected") {
    held = [];
    await load();
    const missed = held;
    held = null;
    missed.forEach(happened);
  } else if (held) {
    held.push(event);
  } else {
    handlers[event.kind]?.(event);
  }
}

async function load() {
  state = await api.readState();
  const before = chatOf(current?.id);
  const draft = before ? composer.draft() : "";
  const all = [...state.people.map(asPrivate), ...state.groups.map(asGroup)];
  chats = ONLY ? all.filter((chat) => chat.id === ONLY) : all;
  await Promise.all(chats.map(async (chat) => {
    const messages = await api.readMessages(chat.id);
    chat.messages = new Map(messages.map((m) => [m.message_id, m]));
    if (chat.id === before?.id) Object.assign(chat, { draft, thread: before.thread });
  }));
  current = undefined;
  setTyping(false);
  sidebar.showClock(state.clock);
  open(chatOf(before?.id ?? Number(sessionStorage.getItem("person"))) ?? chats[0]);
  byId("writing").disabled = false;
}

function open(chat) {
  if (current && current !== chat) current.draft = composer.draft();
  current = chat;
  chat.unreadIn.delete(chat.thread);
  if (!ONLY) sessionStorage.setItem("person", String(chat.id));
  byId("bot-name").textContent = chat.isGroup ? chat.title : state.bot.first_name;
  conversation.showAll(shownIn(chat), actions, chat.hint);
  composer.setDraft(chat.draft);
  byId("input").placeholder = chat.placeholder;
  setTyping(false);
  sidebar.showSuggestions(chat.isGroup ? [] : state.suggestions, chat.id, (text) => {
    sidebar.setOpen(false);
    composer.write(text);
  });
  loadCommands();
  refresh();
}

function choose(chat) {
  sidebar.setOpen(false);
  if (chat.is_forum && second.fits()) return second.toggle(chat.id);
  open(chat);
  if (!NARROW.matches) byId("input").focus();
  return undefined;
}

function openTopic(thread) {
  current.thread = thread;
  open(current);
}

function received(chat, message) {
  if (!chat) return;
  const isNew = !chat.messages.has(message.message_id);
  chat.messages.set(message.message_id, message);
  const thread = message.message_thread_id;
  if (chat === current && shownIn(chat).includes(message)) {
    conversation.show(message, actions);
    if (message.from.is_bot) setTyping(false);
  } else if (isNew && message.from.id !== chat.writer && !second.shows(chat.id)) {
    chat.unreadIn.set(thread, (chat.unreadIn.get(thread) ?? 0) + 1);
  }
  refresh();
}

function deleted(chat, id) {
  chat?.messages.delete(id);
  if (chat === current) conversation.remove(id);
  refresh();
}

// A new case is what somebody who looks at no other is waiting for.
function topicsChanged(chat, topics) {
  if (!chat) return;
  const isNew = topics.length > chat.topics.length;
  chat.topics = topics;
  chat.unreadIn.delete(undefined);
  if (chat !== current) return refresh();
  if (isNew && !composer.draft() && !chat.thread) chat.thread = topics.at(-1).id;
  chat.draft = composer.draft();
  return open(chat);
}

function answered({ person, message_id: id, text, show_alert: alert }) {
  if (person !== current?.writer) return;
  const keys = [...document.querySelectorAll(`[data-id="${Number(id)}"] .waiting`)];
  if (current.isGroup && !current.messages.has(id)) return;
  for (const key of keys) key.classList.remove("waiting");
  if (text) (alert ? alertBox : toast)(text);
}

function refresh() {
  for (const chat of chats) {
    chat.last = shortly([...chat.messages.values()].at(-1));
    chat.unread = [...chat.unreadIn.values()].reduce((sum, count) => sum + count, 0);
  }
  sidebar.showChats(chats, current, choose, changeLanguage);
  showTopics(current, openTopic);
  composer.setEmpty(!current.isGroup && current.messages.size === 0);
  composer.setReplyKeyboard(current.isGroup ? [] : replyKeyboard([...current.messages.values()]));
  const unread = chats.reduce((sum, chat) => sum + chat.unread, 0);
  document.title = unread ? `(${unread}) 明账 · 演示` : "明账 · 演示";
}

function replyKeyboard(messages) {
  const asking = messages.findLast(({ markup }) => markup?.keyboard || markup?.remove_keyboard);
  return asking?.markup.keyboard ?? [];
}

async function changeLanguage(chat, language) {
  const done = await attempt(() => api.speak(chat.writer, language));
  if (done) chat.language = language;
}

async function loadCommands() {
  composer.setCommands(await api.readCommands(placeOf(current)));
}

function setTyping(typing) {
  const status = byId("status");
  clearTimeout(typingEnds);
  status.classList.toggle("busy", typing);
  if (typing) {
    const dots = element("span", { className: "dots" }, element("i"), element("i"), element("i"));
    status.replaceChildren("正在输入", dots);
    typingEnds = setTimeout(() => setTyping(false), TYPING_MS);
  } else {
    status.replaceChildren(current?.isGroup ? current.note : "机器人");
  }
}

document.body.classList.toggle("only", Boolean(ONLY));
sidebar.prepare();
second.prepare(() => { if (current) refresh(); });
composer.prepare(hands);
api.follow(
  happened,
  () => byId("status").replaceChildren("连接断开，正在重连…"),
);
