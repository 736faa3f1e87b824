// Short words to the person: toasts, alerts, "copied".

import { byId } from "./dom.js";

const SHOWN_MS = 3500;
let ending;

export function toast(text) {
  const box = byId("toast");
  box.hidden = true;
  box.textContent = text;
  requestAnimationFrame(() => { box.hidden = false; });
  clearTimeout(ending);
  ending = setTimeout(() => { box.hidden = true; }, SHOWN_MS);
}

export function alertBox(text) {
  byId("alert-text").textContent = text;
  byId("alert").showModal();
}

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast("已复制");
  } catch {
    toast("浏览器不让复制，请手动选中");
  }
}

/** Runs an action and shows what went wrong. */
export async function attempt(action) {
  try {
    return await action();
  } catch (error) {
    toast(error.message);
    return undefined;
  }
}
