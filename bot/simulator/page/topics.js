// The topics of a forum, as tabs above its messages.

import { byId, element } from "./dom.js";

const bar = byId("topics");

/** `chat` has topics, thread (the open one) and unreadIn (thread → count). */
export function showTopics(chat, open) {
  bar.hidden = !chat.is_forum;
  if (bar.hidden) return;
  const general = { id: undefined, name: "综合", closed: false };
  const newestFirst = chat.topics.toReversed();
  bar.replaceChildren(...[general, ...newestFirst].map((topic) => tab(chat, topic, open)));
}

function tab(chat, { id, name, closed }, open) {
  const look = { type: "button", className: "topic", "aria-pressed": String(chat.thread === id) };
  const made = element("button", look, closed ? `✓ ${name}` : name);
  const unread = chat.unreadIn.get(id);
  if (unread) made.append(element("span", { className: "badge" }, String(unread)));
  made.addEventListener("click", () => open(id));
  return made;
}
