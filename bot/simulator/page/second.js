// A second pane beside the chat on wide screens: the operator's group, as its own page.

import { byId } from "./dom.js";

const WIDE = matchMedia("(min-width: 1180px)");
const pane = byId("second");
let shown;

/** `changed` is called when the pane comes or goes. */
export function prepare(changed) {
  WIDE.addEventListener("change", () => {
    if (!WIDE.matches) show(undefined);
    changed();
  });
}

export const fits = () => WIDE.matches && !document.body.classList.contains("only");

export const shows = (chat) => shown === chat;

export const toggle = (chat) => show(shown === chat ? undefined : chat);

function show(chat) {
  shown = chat;
  pane.hidden = chat === undefined;
  if (chat !== undefined) pane.src = `/?chat=${chat}`;
}
