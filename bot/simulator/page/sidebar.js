// The demo's own panel: who one is, what day it is, what to try.

import * as api from "./api.js";
import { dayAndWeekday, dayName, fullDay, timeOfDay } from "./dates.js";
import { byId, element } from "./dom.js";
import { attempt } from "./feedback.js";
import { shows as isBeside } from "./second.js";

const side = byId("side");
const opener = byId("side-open");
const HUES = 6;

export function prepare() {
  opener.addEventListener("click", () => setOpen(true));
  byId("side-close").addEventListener("click", () => setOpen(false));
  byId("veil").addEventListener("click", () => setOpen(false));
  byId("day-chip").addEventListener("click", () => setOpen(true));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") setOpen(false);
  });
  movesClock("clock-step", () => api.moveClock(1));
  movesClock("clock-payout", () => api.moveToPayoutDay());
}

/** On a phone the panel lies over the chat; elsewhere it is always there. */
export function setOpen(open) {
  const changed = side.classList.toggle("open", open) !== (opener.getAttribute("aria-expanded") === "true");
  opener.setAttribute("aria-expanded", String(open));
  if (changed && opener.offsetParent) (open ? byId("side-close") : opener).focus();
}

export function showClock(clock) {
  const now = new Date(clock.now);
  byId("clock-day").textContent = `${fullDay(now)} ${dayAndWeekday(now).split(" ")[1]}`;
  byId("clock-hint").textContent = clock.next_payout_day
    ? `${timeOfDay(now)} · 下个结算日 ${dayName(new Date(`${clock.next_payout_day}T12:00:00+08:00`))}`
    : timeOfDay(now);
  byId("clock-payout").hidden = !clock.next_payout_day;
  byId("day-chip").textContent = dayAndWeekday(now);
}

/** `chats` in order; each has title, unread and last (its newest text). */
export function showChats(chats, current, choose, speak) {
  const entries = (wanted) => chats
    .map((chat, index) => ({ chat, index }))
    .filter(({ chat }) => chat.isGroup === wanted)
    .map(({ chat, index }) => entry(chat, index, chat === current || isBeside(chat.id), choose));
  byId("people").replaceChildren(...entries(false));
  byId("groups").replaceChildren(...entries(true));
  byId("groups-part").hidden = !chats.some((chat) => chat.isGroup);
  showLanguage(current, speak);
  const unread = chats.reduce((sum, chat) => sum + chat.unread, 0);
  byId("side-badge").hidden = !unread;
  byId("side-badge").textContent = String(unread);
}

function entry(chat, index, pressed, choose) {
  const made = element(
    "button",
    { type: "button", className: "person", "aria-pressed": String(pressed) },
    element("span", { className: `person-letter hue-${index % HUES}`, "aria-hidden": "true" }, chat.title[0]),
    chatText(chat),
  );
  if (chat.unread) {
    const label = `${chat.unread} 条未读`;
    made.append(element("span", { className: "badge", "aria-label": label }, String(chat.unread)));
  }
  made.addEventListener("click", () => choose(chat));
  return element("li", {}, made);
}

// Telegram's own setting, which a bot learns with the first message.
function showLanguage(chat, speak) {
  const choice = byId("language");
  byId("language-part").hidden = chat.isGroup;
  choice.value = chat.language ?? "";
  choice.onchange = () => speak(chat, choice.value);
}

export function showSuggestions(suggestions, person, choose) {
  const offered = suggestions.filter((s) => s.person === null || s.person === person);
  byId("try").hidden = !offered.length;
  byId("suggestions").replaceChildren(...offered.map((suggestion) => {
    const made = element(
      "button",
      { type: "button", className: "suggestion" },
      element("span", { className: "suggestion-text" }, suggestion.text),
    );
    if (suggestion.note) made.append(element("span", { className: "suggestion-note" }, suggestion.note));
    made.addEventListener("click", () => choose(suggestion.text));
    return element("li", {}, made);
  }));
}

function chatText({ title, note, last }) {
  const name = element("span", { className: "person-name" }, title);
  if (note) name.append(element("span", { className: "person-note" }, note));
  const line = element("span", { className: "person-last" }, last || "还没有消息");
  return element("span", { className: "person-text" }, name, line);
}

function movesClock(id, move) {
  const button = byId(id);
  button.addEventListener("click", async () => {
    button.disabled = true;
    await attempt(move);
    button.disabled = false;
  });
}
