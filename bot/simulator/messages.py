"""Messages of the simulated Telegram, and their shape on the wire."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.simulator.documents import Document
from bot.simulator.entities import FormattedText
from bot.simulator.keyboards import Keyboard

__all__ = ["Message"]


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat; an edit replaces it as a whole.

    `revision` grows with every change anywhere in the world, so "what is new since" is one
    comparison. `date` and `edit_date` are Unix seconds of the world's clock.
    """

    id: int
    chat: Mapping[str, object]
    sender: Mapping[str, object]
    date: int
    content: FormattedText
    revision: int
    markup: Keyboard | None = None
    reply_to: int | None = None
    edit_date: int | None = None
    reaction: str | None = None
    document: Document | None = None
    thread: int | None = None

    @property
    def by_bot(self) -> bool:
        """Whether the bot wrote it."""
        return self.sender["is_bot"] is True

    def as_json(self) -> dict[str, object]:
        """Telegram's Message, without the message it replies to."""
        shape: dict[str, object] = {
            "message_id": self.id,
            "from": self.sender,
            "chat": self.chat,
            "date": self.date,
            **self._content(),
        }
        if self.thread is not None:
            shape |= {"message_thread_id": self.thread, "is_topic_message": True}
        if self.edit_date is not None:
            shape["edit_date"] = self.edit_date
        if self.markup and "inline_keyboard" in self.markup:
            shape["reply_markup"] = self.markup
        return shape

    def _content(self) -> dict[str, object]:
        """Text and formatting, under the names they have where a file is the main thing."""
        entities = [entity.as_json() for entity in self.content.entities]
        if self.document is None:
            shape: dict[str, object] = {"text": self.content.text}
            return shape | ({"entities": entities} if entities else {})
        file = self.document.as_json()
        shape = {"document": file} if self.document.size is None else {"photo": [file]}
        if self.content.text:
            shape["caption"] = self.content.text
        return shape | ({"caption_entities": entities} if entities else {})
