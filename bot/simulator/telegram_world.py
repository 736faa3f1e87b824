"""The simulated Telegram itself: chats, messages, button presses, updates. No network in it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.simulator.commands import CommandMenus
from bot.simulator.contents import captioned, worded
from bot.simulator.documents import Document, Documents
from bot.simulator.entities import FormattedText, cleaned, settled, utf16_length, with_detected
from bot.simulator.groups import Group, Groups
from bot.simulator.keyboards import Keyboard, button_at
from bot.simulator.messages import Message
from bot.simulator.people import BotAccount, Person
from bot.simulator.refusal import bad_request, forbidden
from bot.simulator.updates import UpdateQueue
from bot.simulator.webhook import NO_WEBHOOK, DeliveryError, Webhook

__all__ = ["Change", "MessageReference", "TelegramWorld"]

MAX_TOAST = 200
DELETABLE_FOR = timedelta(hours=48)
QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly "
    "the same as a current content and reply markup of the message"
)


@dataclass(frozen=True, slots=True)
class Change:
    """Something a client would notice; `person` is whose chat it happened in, `message` which.

    `kind` is message, deleted, typing, toast, inline, topics or commands; for the server itself
    update (a new one waits for the bot) and webhook (the bot set or removed one).
    """

    kind: str
    person: int | None = None
    message: int | None = None
    content: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MessageReference:
    """A message as the bot names it."""

    chat: int
    message: int


@dataclass(frozen=True, slots=True)
class _Press:
    """A button press that the bot has not answered yet."""

    person: int
    message: int


class TelegramWorld:
    """Everything a Bot API server knows about one bot, in memory.

    Methods of the person's side (`say`, `press`, `block`) produce updates; methods of the
    bot's side do what the Bot API does or raise Refusal in Telegram's words. Not thread-safe.
    """

    def __init__(
        self, bot: BotAccount, people: Iterable[Person], now: Callable[[], datetime]
    ) -> None:
        """Begin with empty chats; update ids start at the present second, so they never repeat."""
        self.bot = bot
        self.people = {person.id: person for person in people}
        self.commands = CommandMenus()
        self.documents = Documents()
        self.groups = Groups()
        self.updates = UpdateQueue(int(now().timestamp()), now)
        self.webhook = NO_WEBHOOK
        self.webhook_error: DeliveryError | None = None
        self.revision = 0
        self._now = now
        self._chats: dict[int, dict[int, Message]] = {}
        self._blocked: set[int] = set()
        self._presses: dict[str, _Press] = {}
        self._last_message = 0
        self._last_press = int(now().timestamp()) * 1_000_000
        self._listeners: list[Callable[[Change], None]] = []

    def listen(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Call `listener` on every change; returns what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def messages(self, person: int, since: int = 0) -> list[Message]:
        """The messages of a chat that are new or changed since a revision, oldest first."""
        chat = self._chats.get(person, {})
        return [message for message in chat.values() if message.revision > since]

    def say(self, person: int, text: str, reply_to: int | None = None) -> Message:
        """A person writes to the bot."""
        content = with_detected(worded(settled(cleaned(text), ())))
        sender = self.people[person]
        self._blocked.discard(person)
        message = self.post(sender, sender.as_user(), content, None, reply_to)
        self.queue("message", self.shape(message))
        return message

    def press(
        self, person: int, message_id: int, row: int, column: int, chat: int | None = None
    ) -> str:
        """A person presses a callback button, in a group `chat` too; returns the query's id."""
        message = self.message(MessageReference(chat or person, message_id), "message not found")
        button = button_at(message.markup, row, column)
        if button is None or "callback_data" not in button:
            raise bad_request("there is no such button any more")
        self._last_press += 1
        query = str(self._last_press)
        self._presses[query] = _Press(person, message_id)
        self.queue(
            "callback_query",
            {
                "id": query,
                "from": self.people[person].as_user(),
                "message": self.shape(message),
                "chat_instance": str(chat or person),
                "data": button["callback_data"],
            },
        )
        return query

    def block(self, person: int, blocked: bool = True) -> None:
        """A person blocks the bot, or lets it write again."""
        (self._blocked.add if blocked else self._blocked.discard)(person)

    def send(
        self,
        chat: int,
        content: FormattedText,
        markup: Keyboard | None = None,
        reply_to: int | None = None,
        document: Document | None = None,
        thread: int | None = None,
    ) -> Message:
        """The bot writes to a chat or topic; with a `document` the text is its caption."""
        place = self.reachable(chat)
        self.groups.check_topic(chat, thread)
        content = with_detected(worded(content) if document is None else captioned(content))
        sender = self.bot.as_user()
        return self.post(place, sender, content, markup, reply_to, document, thread)

    def edit(
        self, reference: MessageReference, content: FormattedText | None, markup: Keyboard | None
    ) -> Message:
        """The bot changes its own message; without `content` only the keyboard."""
        self.reachable(reference.chat)
        message = self.message(reference, "message to edit not found")
        if not message.by_bot:
            raise bad_request("message can't be edited")
        if message.document is not None and content is not None:
            raise bad_request("there is no text in the message to edit")
        text = message.content if content is None else with_detected(worded(content))
        if text == message.content and markup == message.markup:
            raise bad_request(NOT_MODIFIED)
        edited_at = self._seconds() if content is not None else message.edit_date
        return self.put(replace(message, content=text, markup=markup, edit_date=edited_at))

    def delete(self, reference: MessageReference) -> None:
        """The bot deletes a message of a private chat, not older than two days."""
        self.reachable(reference.chat)
        message = self.message(reference, "message to delete not found")
        if self._seconds() - message.date > DELETABLE_FOR.total_seconds():
            raise bad_request("message can't be deleted for everyone")
        del self._chats[reference.chat][message.id]
        self.revision += 1
        self.tell(Change("deleted", reference.chat, message.id))

    def react(self, reference: MessageReference, emoji: str | None) -> None:
        """The bot puts its reaction under a message, or takes it away."""
        self.reachable(reference.chat)
        message = self.message(reference, "message to react not found")
        self.put(replace(message, reaction=emoji))

    def show_action(self, chat: int, action: str) -> None:
        """The bot is typing, or does something else for up to five seconds."""
        self.tell(Change("typing", self.reachable(chat).id, content={"action": action}))

    def answer_press(self, query: str, toast: Mapping[str, object]) -> None:
        """The bot answers a button press, once; `toast` holds text and show_alert."""
        press = self._presses.get(query)
        if press is None:
            raise bad_request(QUERY_TOO_OLD)
        if utf16_length(str(toast["text"])) > MAX_TOAST:
            raise bad_request("MESSAGE_TOO_LONG")
        del self._presses[query]
        content = {"query_id": query, **toast}
        self.tell(Change("toast", press.person, press.message, content))

    def set_commands(self, commands: object, scope: object, language: str) -> None:
        """The bot sets a command menu."""
        self.commands.put(commands, scope, language)
        self.tell(Change("commands"))

    def set_webhook(self, webhook: Webhook, drop_pending: bool) -> None:
        """The bot wants its updates delivered to an address, or to poll again."""
        self.webhook = webhook
        self.webhook_error = None
        if drop_pending:
            self.updates.clear()
        self.tell(Change("webhook"))

    def webhook_failed(self, problem: str) -> None:
        """A delivery to the webhook went wrong."""
        self.webhook_error = DeliveryError(self._seconds(), problem)

    def shape(self, message: Message) -> dict[str, object]:
        """Telegram's Message, with the message it replies to where that still exists."""
        shape = message.as_json()
        original = MessageReference(_chat_id(message), message.reply_to or 0)
        if (answered := self.find(original)) is not None:
            shape["reply_to_message"] = answered.as_json()
        return shape

    def find(self, reference: MessageReference) -> Message | None:
        """The message as it stands now; None if it never was or is deleted."""
        return self._chats.get(reference.chat, {}).get(reference.message)

    def reachable(self, chat: int) -> Person | Group:
        """The person or group behind a chat the bot may write to."""
        if chat in self.groups:
            return self.groups.open_to_bot(chat)
        if chat not in self.people or chat not in self._chats:
            raise bad_request("chat not found")
        if chat in self._blocked:
            raise forbidden("bot was blocked by the user")
        return self.people[chat]

    def message(self, reference: MessageReference, missing: str) -> Message:
        """The message as it stands now; Refusal if there is none."""
        message = self.find(reference)
        if message is None:
            raise bad_request(missing)
        return message

    def post(
        self,
        place: Person | Group,
        sender: Mapping[str, object],
        content: FormattedText,
        markup: Keyboard | None = None,
        reply_to: int | None = None,
        document: Document | None = None,
        thread: int | None = None,
    ) -> Message:
        """A new message stands in a chat."""
        self._last_message += 1
        return self.put(
            Message(
                id=self._last_message,
                chat=place.as_chat(),
                sender=sender,
                date=self._seconds(),
                content=content,
                revision=0,
                markup=markup,
                reply_to=reply_to,
                document=document,
                thread=thread,
            )
        )

    def put(self, message: Message) -> Message:
        """Store a new or changed message under the next revision, and tell everybody."""
        self.revision += 1
        message = replace(message, revision=self.revision)
        chat = _chat_id(message)
        self._chats.setdefault(chat, {})[message.id] = message
        self.tell(Change("message", chat, message.id))
        return message

    def queue(self, kind: str, content: dict[str, object]) -> None:
        """An update waits for the bot, if it wants such."""
        if self.updates.add(kind, content) is not None:
            self.tell(Change("update"))

    def tell(self, change: Change) -> None:
        """Tell everybody who listens."""
        for listener in tuple(self._listeners):
            listener(change)

    def _seconds(self) -> int:
        return int(self._now().timestamp())


def _chat_id(message: Message) -> int:
    return int(str(message.chat["id"]))
