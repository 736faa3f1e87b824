// The log of one chat: puts messages in, changes them in place, keeps the reader where they are.

import { messageElement } from "./bubble.js";
import { dayName, fromSeconds, fullDay } from "./dates.js";
import { byId, element } from "./dom.js";

const NEAR_BOTTOM = 80;
const log = byId("log");
const down = byId("down");
const downBadge = byId("down-badge");
const calm = matchMedia("(prefers-reduced-motion: reduce)");
let column = element("div");
let missed = 0;

// Whether the reader follows the newest message. Only scrolling up ends that: a smooth scroll
// that is still on its way down is not at the bottom and yet follows.
let following = true;
let lastTop = 0;

down.addEventListener("click", () => toBottom("smooth"));
log.addEventListener("scroll", () => {
  if (atBottom()) following = true;
  else if (log.scrollTop < lastTop) following = false;
  lastTop = log.scrollTop;
  if (following) missed = 0;
  showDown();
});
new ResizeObserver(() => {
  if (following) toBottom("instant");
}).observe(log);

/** Shows a whole chat anew, at its end; an empty one shows `hint`. */
export function showAll(messages, actions, hint) {
  column = element("div", { className: "column" });
  if (!messages.length) column.append(welcome(hint));
  for (const message of messages) place(messageElement(message, actions), message);
  log.replaceChildren(column);
  missed = 0;
  toBottom("instant");
}

/** Shows a new message, or a changed one where it stands. */
export function show(message, actions) {
  const made = messageElement(message, actions);
  const old = find(message.message_id);
  if (old) {
    keepingPlace(old, () => replace(old, made));
  } else {
    made.classList.add("fresh");
    column.querySelector(".welcome")?.remove();
    place(made, message);
  }
  const own = actions.isOwn(message);
  if (following || (own && !old)) toBottom(old ? "instant" : "smooth");
  else if (!old) missed += 1;
  showDown();
}

export function remove(messageId) {
  const old = find(messageId);
  if (old) keepingPlace(old, () => old.remove());
}

const find = (id) => column.querySelector(`[data-id="${Number(id)}"]`);

function place(made, message) {
  const moment = fromSeconds(message.date);
  const last = column.lastElementChild;
  if (column.dataset.day !== fullDay(moment)) {
    column.dataset.day = fullDay(moment);
    column.append(element("div", { className: "day" }, dayName(moment)));
  } else if (last?.classList.contains("own") === made.classList.contains("own")) {
    made.classList.add("follows");
  }
  column.append(made);
}

/** Changes one message without moving the others that the reader has before their eyes. */
function keepingPlace(changing, change) {
  const top = log.getBoundingClientRect().top;
  const resting = [...column.querySelectorAll(".message")].find(
    (child) => child !== changing && child.getBoundingClientRect().top >= top,
  );
  const before = resting?.getBoundingClientRect().top;
  change();
  if (!following && resting) log.scrollTop += resting.getBoundingClientRect().top - before;
}

// A person who works with the keyboard keeps the place of their button through an edit.
function replace(old, made) {
  const keys = [...old.querySelectorAll(".key")];
  const focused = keys.indexOf(document.activeElement);
  if (old.classList.contains("follows")) made.classList.add("follows");
  old.replaceWith(made);
  if (focused < 0) return;
  const left = [...made.querySelectorAll(".key")];
  (left[Math.min(focused, left.length - 1)] ?? log).focus({ preventScroll: true });
}

function welcome(hint) {
  const title = element("strong", {}, "还没有消息");
  return element("div", { className: "welcome" }, title, hint);
}

const atBottom = () => log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_BOTTOM;

function toBottom(behavior) {
  following = true;
  log.scrollTo({ top: log.scrollHeight, behavior: calm.matches ? "instant" : behavior });
}

function showDown() {
  down.hidden = following;
  downBadge.hidden = missed === 0;
  downBadge.textContent = String(missed);
}
