"""Messages to many people (群发): written, tried on oneself, sent at a pace, held up, ended."""

from bot.console.broadcast import changing, showing
from bot.console.page import Page, get, post
from bot.store.staff import StaffRole

__all__ = ["PAGE"]

PAGE = Page(
    "broadcast",
    "broadcast",
    (
        get("", showing.show_all, StaffRole.AGENT),
        get("/new", showing.write, StaffRole.EDITOR),
        post("/new", changing.save_new, StaffRole.EDITOR),
        post("/preview", showing.show_preview, StaffRole.EDITOR),
        get("/{broadcast:int}", showing.show, StaffRole.AGENT),
        get("/{broadcast:int}/progress", showing.show_progress, StaffRole.AGENT),
        get("/{broadcast:int}/check", showing.show_check, StaffRole.EDITOR),
        post("/{broadcast:int}/save", changing.save, StaffRole.EDITOR),
        post("/{broadcast:int}/remove", changing.remove, StaffRole.EDITOR),
        post("/{broadcast:int}/test", changing.send_test, StaffRole.EDITOR),
        post("/{broadcast:int}/send", changing.send, StaffRole.EDITOR),
        post("/{broadcast:int}/pause", changing.pause, StaffRole.EDITOR),
        post("/{broadcast:int}/resume", changing.resume, StaffRole.EDITOR),
        post("/{broadcast:int}/cancel", changing.cancel, StaffRole.EDITOR),
    ),
    role=StaffRole.AGENT,
)
