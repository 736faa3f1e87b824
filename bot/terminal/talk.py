"""What a typed line does (听写): press a button, or say something."""

from pathlib import Path

from bot.desk.replies import Button, Document, Photo
from bot.drawing.painting import paint
from bot.drawing.workbook import workbook
from bot.terminal.conversation import Conversation, Message, Notice, Seen
from bot.terminal.screen import Screen

__all__ = ["Talk"]

_LITERAL = "."
"""Before a number: it is meant as it stands, and presses nothing."""


class Talk:
    """A conversation on a screen; pictures and files are saved where they are wanted."""

    def __init__(self, conversation: Conversation, screen: Screen, files: Path | None) -> None:
        """Save what is enclosed in the folder `files`, if there is one."""
        self._conversation = conversation
        self._screen = screen
        self._files = files

    def hear(self, line: str) -> None:
        """Answer one typed line."""
        said = line.strip()
        meant = self._screen.meant(said)
        if meant is not None:
            seen = self._pressed(*meant)
        else:
            literal = said.startswith(_LITERAL) and said[1:].replace(_LITERAL, "").isdigit()
            seen = self._conversation.say(said[1:] if literal else line)
        self._screen.show(seen)
        for each in seen:
            if isinstance(each, Message) and each.enclosed is not None:
                self._screen.show([Notice(self._saved(each.number, each.enclosed))])

    def _pressed(self, message: Message, button: Button) -> list[Seen]:
        if button.token is not None:
            return self._conversation.press(message, button)
        return [Notice(button.copy_text or button.url or "")]

    def _saved(self, number: int, enclosed: Photo | Document) -> str:
        """Save what a message encloses; says where, or how to get it."""
        name = f"{number}.png" if isinstance(enclosed, Photo) else f"{number}-{enclosed.name}"
        if self._files is None:
            return f"附件 {name} 未保存；加 --files 目录 就会保存"
        path = self._files / name
        path.write_bytes(_content(enclosed))
        return f"附件已保存：{path}"


def _content(enclosed: Photo | Document) -> bytes:
    if isinstance(enclosed, Photo):
        return paint(enclosed.picture)
    if isinstance(enclosed.content, str):
        return enclosed.content.encode()
    return workbook(enclosed.content)
