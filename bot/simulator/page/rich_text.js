// Formatted text: entities (UTF-16 offsets, which are JavaScript's own) become elements.

import { element } from "./dom.js";
import { copy } from "./feedback.js";

const STYLES = {
  bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code",
};

/** The nodes for a text; `send` sends a command that is tapped. */
export function richText(text, entities, send) {
  const root = document.createDocumentFragment();
  let open = [];
  let place = root;
  for (const [start, end] of stretches(text, entities)) {
    const wanted = covering(entities, start);
    const common = commonLength(open, wanted);
    while (open.length > common) {
      place = place.parentNode;
      open.pop();
    }
    for (const entity of wanted.slice(common)) {
      const inside = elementFor(entity, text, send);
      place.append(inside);
      place = inside;
    }
    open = [...wanted];
    place.append(text.slice(start, end));
  }
  trimBlocks(root);
  return root;
}

function stretches(text, entities) {
  const edges = new Set([0, text.length]);
  for (const { offset, length } of entities) edges.add(offset).add(offset + length);
  const sorted = [...edges].filter((edge) => edge <= text.length).sort((a, b) => a - b);
  return sorted.slice(1).map((edge, index) => [sorted[index], edge]);
}

// Only styles may cross another entity's edge, so they go innermost.
function covering(entities, place) {
  const here = entities.filter((e) => e.offset <= place && place < e.offset + e.length);
  const style = (entity) => Number(entity.type in STYLES && entity.type !== "code");
  return here.sort((a, b) => style(a) - style(b));
}

function commonLength(one, other) {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}

function elementFor(entity, text, send) {
  const covered = text.slice(entity.offset, entity.offset + entity.length);
  switch (entity.type) {
    case "text_link": return link(entity.url);
    case "url": return link(covered);
    case "bot_command":
      return element("button", { type: "button", className: "command", onclick: () => send(covered) });
    case "pre": return element("pre", { tabIndex: 0 });
    case "code":
      return element("code", { title: "点按复制", onclick: () => copy(covered) });
    case "blockquote": return element("blockquote");
    case "expandable_blockquote": return foldable();
    case "spoiler": return spoiler();
    default: return element(STYLES[entity.type] ?? "span");
  }
}

function link(address) {
  const safe = /^(https?|tg):/i.test(address);
  if (!safe) return element("span");
  return element("a", { href: address, target: "_blank", rel: "noopener noreferrer" });
}

function foldable() {
  const quote = element("blockquote", {
    className: "expandable closed", tabIndex: 0, role: "button", "aria-expanded": "false",
  });
  const turn = () => quote.setAttribute("aria-expanded", String(!quote.classList.toggle("closed")));
  quote.addEventListener("click", turn);
  quote.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      turn();
    }
  });
  return quote;
}

function spoiler() {
  const hidden = element("button", { type: "button", className: "spoiler closed", title: "点按显示" });
  hidden.addEventListener("click", () => hidden.classList.remove("closed"));
  return hidden;
}

// A block brings its own line break; the one in the text around it would make a second.
function trimBlocks(root) {
  for (const block of root.querySelectorAll("pre, blockquote")) {
    const { previousSibling: before, nextSibling: after } = block;
    if (before?.nodeType === Node.TEXT_NODE) before.data = before.data.replace(/\n$/, "");
    if (after?.nodeType === Node.TEXT_NODE) after.data = after.data.replace(/^\n/, "");
  }
}
