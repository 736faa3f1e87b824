// One message: its bubble, and the keyboard under it.

import { fromSeconds, timeOfDay } from "./dates.js";
import { element, icon } from "./dom.js";
import { copy } from "./feedback.js";
import { richText } from "./rich_text.js";

const TICKS = "M1 7l3.500 3.500L11 3.500M7 10l.800.500L15 3.500";
const ARROW = "M3 9l6-6M4.500 3H9v4.500";
const SHEETS = "M4 4h6v6H4zM2 7V2h5";

const PEN = "M4 16l1-4 8-8 3 3-8 8zM11 6l3 3";

/** The element of a message; `actions` has isOwn, send(text), press(…), edit(message), inGroup. */
export function messageElement(message, actions) {
  const own = actions.isOwn(message);
  const made = element("article", {
    className: own ? "message own" : "message",
    "data-id": message.message_id,
    "aria-label": own ? "我" : message.from.first_name,
  });
  made.append(bubble(message, own, actions));
  if (own && message.text !== undefined) made.append(pen(message, actions));
  const rows = message.reply_markup?.inline_keyboard ?? [];
  if (rows.length) made.append(keyboard(message, rows, actions));
  return made;
}

function bubble(message, own, actions) {
  const words = wordsOf(message);
  const text = element("span", { className: "text" });
  text.append(richText(words, message.entities ?? message.caption_entities ?? [], actions.send));
  const made = element("div", { className: "bubble" });
  if (actions.inGroup && !own) made.append(element("b", { className: "sender" }, message.from.first_name));
  if (message.reply_to_message) made.append(answered(message.reply_to_message, actions));
  if (message.photo) made.append(photo(message.photo.at(-1), words));
  if (message.document) made.append(file(message.document));
  made.append(text, meta(message, own));
  if (message.reaction) made.append(element("span", { className: "reaction" }, message.reaction));
  return made;
}

function pen(message, actions) {
  const made = element("button", { type: "button", className: "pen", "aria-label": "修改这条消息" });
  made.append(icon(PEN, 20));
  made.addEventListener("click", () => actions.edit(message));
  return made;
}

/** What a message says: its text, or the words under its picture or file. */
const wordsOf = (message) => message?.text ?? message?.caption ?? "";

/** A message in one line of a list. */
export const shortly = (message) =>
  wordsOf(message) || message?.document?.file_name || (message?.photo ? "图片" : "");

function photo({ file_id, width, height }, words) {
  const href = `/demo/files/${encodeURIComponent(file_id)}`;
  const image = element("img", { src: href, width, height, alt: words });
  return element("a", { className: "photo", href, target: "_blank" }, image);
}

function file({ file_id, file_name, file_size }) {
  const href = `/demo/files/${encodeURIComponent(file_id)}`;
  const size = `${Math.max(1, Math.round(file_size / 1024))} KB`;
  return element(
    "a",
    { className: "file", href, download: file_name },
    element("b", {}, file_name),
    element("span", {}, size),
  );
}

function answered(original, actions) {
  const name = element("b", {}, actions.isOwn(original) ? "我" : original.from.first_name);
  return element("span", { className: "answered" }, name, wordsOf(original));
}

function meta(message, own) {
  const time = timeOfDay(fromSeconds(message.date));
  const made = element("span", { className: "meta" }, message.edit_date ? `已编辑 ${time}` : time);
  if (own) made.append(icon(TICKS, 16));
  return made;
}

function keyboard(message, rows, actions) {
  const made = element("div", { className: "keyboard", role: "group", "aria-label": "按钮" });
  rows.forEach((row, rowIndex) => {
    const line = element("div", { className: "keyboard-row" });
    row.forEach((button, column) => {
      line.append(key(button, (pressed) => actions.press(message, rowIndex, column, pressed)));
    });
    made.append(line);
  });
  return made;
}

function key(button, press) {
  if (button.url) {
    const link = { className: "key", href: button.url, target: "_blank", rel: "noopener noreferrer" };
    return element("a", link, button.text, icon(ARROW, 12));
  }
  const made = element("button", { type: "button", className: "key" }, button.text);
  if (button.copy_text) {
    made.append(icon(SHEETS, 12));
    made.addEventListener("click", () => copy(button.copy_text.text));
  } else {
    made.addEventListener("click", () => press(made));
  }
  return made;
}
