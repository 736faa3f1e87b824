// The page: holds the chats of all people, shows one, and follows what happens.

import * as api from "./api.js";
import * as composer from "./composer.js";
import * as conversation from "./conversation.js";
import { wordsOf } from "./bubble.js";
import { byId, element } from "./dom.js";
import { alertBox, attempt, toast } from "./feedback.js";
import * as sidebar from "./sidebar.js";

const TYPING_MS = 5000;
const NARROW = matchMedia("(max-width: 760px)");

let state;
let chats = [];
let current;
let typingEnds;
let held = null;

const actions = {
  send: (text) => attempt(() => api.say(current.person.id, text)),
  press: async (message, row, column, key) => {
    key.classList.add("waiting");
    const done = await attempt(() => api.press(message.chat.id, message.message_id, row, column));
    if (!done) key.classList.remove("waiting");
  },
};

const handlers = {
  message: ({ person, message }) => received(chatOf(person), message),
  deleted: ({ person, message_id: id }) => deleted(chatOf(person), id),
  typing: ({ person }) => { if (person === current?.person.id) setTyping(true); },
  toast: answered,
  clock: ({ clock }) => sidebar.showClock(clock),
  commands: () => { if (current) loadCommands(); },
};

const chatOf = (person) => chats.find((chat) => chat.person.id === person);

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
  const before = current?.person.id ?? Number(sessionStorage.getItem("person"));
  chats = await Promise.all(state.people.map(async (person) => {
    const messages = await api.readMessages(person.id);
    const draft = current?.person.id === person.id ? composer.draft() : "";
    return { person, messages: new Map(messages.map((m) => [m.message_id, m])), unread: 0, draft };
  }));
  byId("bot-name").textContent = state.bot.first_name;
  setTyping(false);
  sidebar.showClock(state.clock);
  open(chatOf(before) ?? chats[0]);
  byId("writing").disabled = false;
}

function open(chat) {
  if (current && current !== chat) current.draft = composer.draft();
  current = chat;
  current.unread = 0;
  sessionStorage.setItem("person", String(chat.person.id));
  conversation.showAll([...chat.messages.values()], actions);
  composer.setDraft(chat.draft);
  setTyping(false);
  sidebar.showSuggestions(state.suggestions, chat.person.id, (text) => {
    sidebar.setOpen(false);
    composer.write(text);
  });
  loadCommands();
  refresh();
}

function choose(chat) {
  open(chat);
  sidebar.setOpen(false);
  if (!NARROW.matches) byId("input").focus();
}

function received(chat, message) {
  if (!chat) return;
  const isNew = !chat.messages.has(message.message_id);
  chat.messages.set(message.message_id, message);
  if (chat === current) {
    conversation.show(message, actions);
    if (message.from.is_bot) setTyping(false);
  } else if (isNew && message.from.is_bot) {
    chat.unread += 1;
  }
  refresh();
}

function deleted(chat, id) {
  chat?.messages.delete(id);
  if (chat === current) conversation.remove(id);
  refresh();
}

function answered({ person, message_id: id, text, show_alert: alert }) {
  if (person !== current?.person.id) return;
  for (const key of document.querySelectorAll(`[data-id="${Number(id)}"] .waiting`)) {
    key.classList.remove("waiting");
  }
  if (text) (alert ? alertBox : toast)(text);
}

function refresh() {
  for (const chat of chats) chat.last = wordsOf([...chat.messages.values()].at(-1));
  sidebar.showPeople(chats, current, choose);
  composer.setEmpty(current.messages.size === 0);
  composer.setReplyKeyboard(replyKeyboard([...current.messages.values()]));
  const unread = chats.reduce((sum, chat) => sum + chat.unread, 0);
  document.title = unread ? `(${unread}) 明账 · 演示` : "明账 · 演示";
}

function replyKeyboard(messages) {
  const asking = messages.findLast(({ markup }) => markup?.keyboard || markup?.remove_keyboard);
  return asking?.markup.keyboard ?? [];
}

async function loadCommands() {
  composer.setCommands(await api.readCommands(current.person.id));
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
    status.replaceChildren("机器人");
  }
}

sidebar.prepare();
composer.prepare(actions.send);
api.follow(
  happened,
  () => byId("status").replaceChildren("连接断开，正在重连…"),
);
