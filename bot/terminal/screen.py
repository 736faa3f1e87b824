"""What is seen in a terminal (终端画面): messages in frames, their buttons by number."""

from collections.abc import Sequence

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from bot.desk.replies import Button
from bot.simulator.html import parse_html
from bot.terminal.conversation import Message, Notice, Seen

__all__ = ["Screen", "styled"]

_STYLES = {
    "bold": "bold",
    "italic": "italic",
    "underline": "underline",
    "strikethrough": "strike",
    "spoiler": "reverse",
    "code": "cyan",
    "pre": "cyan",
    "blockquote": "dim",
    "expandable_blockquote": "dim",
    "text_link": "underline blue",
}


class Screen:
    """Shows messages, and knows which button a number means."""

    def __init__(self, console: Console) -> None:
        """Show on `console`."""
        self.console = console
        self._buttons: list[tuple[Message, Button]] = []

    def show(self, seen: Sequence[Seen]) -> None:
        """Show what is new; numbers now mean its buttons, if it has any."""
        latest = {each.number: each for each in seen if isinstance(each, Message)}
        if any(message.buttons for message in latest.values()):
            self._buttons = []
        for each in seen:
            if isinstance(each, Notice):
                self.console.print(Text(f"  {each.text}", "yellow"))
        for message in latest.values():
            self.console.print(Panel(self._whole(message), expand=False, padding=(0, 1)))

    def meant(self, said: str) -> tuple[Message, Button] | None:
        """Return the button that a typed number means, if it means one."""
        place = int(said) if said.isascii() and said.isdigit() and len(said) <= 3 else 0
        return self._buttons[place - 1] if 1 <= place <= len(self._buttons) else None

    def _whole(self, message: Message) -> RenderableType:
        rows = [self._row(message, row) for row in message.buttons]
        return Group(styled(message.html), *([Text(), *rows] if rows else []))

    def _row(self, message: Message, buttons: Sequence[Button]) -> Text:
        line = Text()
        for button in buttons:
            self._buttons.append((message, button))
            line.append(f"[{len(self._buttons)}]", "bold green").append(f" {button.label}   ")
        return line


def styled(html: str) -> Text:
    """Give Telegram HTML as text with styles; a link is followed by its address."""
    parsed = parse_html(html)
    text = Text(parsed.text)
    units = parsed.text.encode("utf-16-le")
    for entity in parsed.entities:
        start = len(units[: 2 * entity.offset].decode("utf-16-le"))
        end = len(units[: 2 * entity.end].decode("utf-16-le"))
        style = _STYLES.get(entity.type)
        if style is not None:
            text.stylize(f"{style} link {entity.url}" if entity.url else style, start, end)
    return text
