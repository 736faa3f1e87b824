// Writing: the input field, the command menu, reply keyboards.

import { byId, element } from "./dom.js";

const input = byId("input");
const menu = byId("menu");
const list = byId("commands");
const replyKeyboard = byId("reply-keyboard");
const editing = byId("editing");
const INLINE = /^@\w+\s+(.+)$/s;
const INLINE_PAUSE_MS = 300;
let commands = [];
let send = () => {};
let hands = {};
let edited;
let asking;

/** `given` has send(text), edit(message, text), upload(file, caption), inline(text), choose(…). */
export function prepare(given) {
  hands = given;
  send = given.send;
  byId("attach").addEventListener("click", () => byId("file").click());
  byId("file").addEventListener("change", () => attach(byId("file").files));
  document.addEventListener("dragover", (event) => holdsFile(event) && event.preventDefault());
  document.addEventListener("drop", (event) => {
    if (!holdsFile(event)) return;
    event.preventDefault();
    attach(event.dataTransfer.files);
  });
  byId("editing-end").addEventListener("click", () => setDraft(""));
  byId("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  byId("start").addEventListener("click", () => send("/start"));
  menu.addEventListener("click", () => (list.hidden ? open(commands) : close()));
  input.addEventListener("input", () => {
    grow();
    suggest();
  });
  input.addEventListener("keydown", keyPressed);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("#composer")) close();
  });
}

export function write(text) {
  input.value = text;
  grow();
  input.focus();
}

export const draft = () => input.value;

/** Changes a message that was sent before. */
export function startEdit(message) {
  write(message.text);
  edited = message;
  editing.hidden = false;
}

export function setDraft(text) {
  edited = undefined;
  editing.hidden = true;
  input.value = text;
  grow();
  close();
}

/** An empty chat begins with one big button, as in Telegram. */
export function setEmpty(empty) {
  byId("start").hidden = !empty;
  byId("composer-row").classList.toggle("spaced", empty);
}

export function setCommands(known) {
  commands = known;
  menu.hidden = !commands.length;
}

/** The keyboard that the bot's latest message with one asks for. */
export function setReplyKeyboard(rows) {
  replyKeyboard.replaceChildren(...rows.map((row) => {
    const keys = row.map((button) => {
      const text = button.text ?? button;
      return element("button", { type: "button", className: "key", onclick: () => send(text) }, text);
    });
    return element("div", { className: "keyboard-row" }, ...keys);
  }));
  replyKeyboard.hidden = !rows.length;
}

const holdsFile = (event) => event.dataTransfer.types.includes("Files");

function submit() {
  const text = input.value.trim();
  const before = edited;
  close();
  if (!text) return;
  setDraft("");
  if (before) hands.edit(before, text);
  else send(text);
}

async function attach([file]) {
  byId("file").value = "";
  if (!file) return;
  const caption = input.value.trim();
  setDraft("");
  await hands.upload(file, caption);
}

function keyPressed(event) {
  // Enter that ends the composition of a Chinese word must not send the message.
  if (event.isComposing) return;
  if (!list.hidden && ["ArrowDown", "ArrowUp"].includes(event.key)) {
    event.preventDefault();
    select(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Escape") {
    close();
  } else if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    const chosen = list.hidden ? null : list.querySelector('[aria-selected="true"]');
    if (chosen) chosen.click();
    else submit();
  }
}

function suggest() {
  clearTimeout(asking);
  const inline = INLINE.exec(input.value);
  if (inline && hands.mayAskInline()) {
    asking = setTimeout(() => askInline(inline[1]), INLINE_PAUSE_MS);
    return close();
  }
  const beginning = /^\/(\w*)$/.exec(input.value);
  if (!beginning) return close();
  return open(commands.filter(({ command }) => command.startsWith(beginning[1])));
}

function open(offered) {
  if (!offered.length) return close();
  return offer(offered.map(({ command, description }) => {
    const words = [element("span", {}, description), element("code", {}, `/${command}`)];
    return row(words, () => send(`/${command}`));
  }));
}

async function askInline(text) {
  const answer = await hands.inline(text);
  if (!answer || !INLINE.test(input.value)) return;
  offer(answer.results.map(({ id, title, description }) => {
    const words = element("span", {}, element("b", {}, title), element("small", {}, description));
    return row([words], () => hands.choose(answer.query_id, id));
  }));
}

function row(words, chosen) {
  const look = { type: "button", className: "command-row", role: "option", "aria-selected": "false" };
  const made = element("button", look, ...words);
  made.addEventListener("click", () => {
    setDraft("");
    chosen();
  });
  return made;
}

function offer(rows) {
  if (!rows.length) return close();
  list.replaceChildren(...rows.map((made) => element("li", { role: "presentation" }, made)));
  list.hidden = false;
  menu.setAttribute("aria-expanded", "true");
  return undefined;
}

function close() {
  list.hidden = true;
  menu.setAttribute("aria-expanded", "false");
}

function select(step) {
  const rows = [...list.querySelectorAll(".command-row")];
  const now = rows.findIndex((row) => row.getAttribute("aria-selected") === "true");
  const next = (now + step + rows.length) % rows.length;
  rows.forEach((row, index) => row.setAttribute("aria-selected", String(index === next)));
  rows[next].scrollIntoView({ block: "nearest" });
}

function grow() {
  input.style.height = "auto";
  input.style.height = `${input.scrollHeight}px`;
}
