// What pages do beyond htmx; everything works without it too, a little less smoothly.
"use strict";

// A sheet opened by a press closes by Escape, or by a press elsewhere.
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.account[open]")) {
    if (!open.contains(event.target)) open.removeAttribute("open");
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const open of document.querySelectorAll("details.account[open], details.sure[open]")) {
    open.removeAttribute("open");
    open.querySelector("summary").focus();
  }
});

// On a phone the menu is a row that scrolls: the page one is on must be in it.
document.querySelector(".menu [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

// A filter is applied as soon as something is chosen.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-at-once]");
  if (form && event.target.tagName === "SELECT") form.requestSubmit();
});
