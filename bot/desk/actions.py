"""What a button does, packed into a token that only the person it was made for can use."""

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

__all__ = ["Action", "Signer", "Verb", "fingerprint"]

VERSION = "v1"
_SEAL_LENGTH = 16
_ORIGIN = "~"
_LONGEST = 64


class Verb(StrEnum):
    """What a press asks for (按钮动作); the value is its letter in the token, never reused."""

    CARD = "c"
    AMOUNTS = "a"
    TIMELINE = "t"
    SOURCES = "s"
    SUBSCRIBE = "n"
    UNSUBSCRIBE = "u"
    REMINDERS = "r"
    FIND_ORDER = "f"
    OWN_ORDERS = "o"
    LISTED_ORDERS = "l"
    ENTRY = "q"
    TOPICS = "m"
    TOPIC = "k"
    LANGUAGE = "g"
    PERSON = "h"
    CANCEL = "x"
    FOLLOW = "b"
    UNFOLLOW = "d"
    MUTE = "e"
    SNOOZE = "z"
    ARRIVED = "v"
    NOT_ARRIVED = "w"
    PREFERENCES = "p"
    HOURS = "i"
    ZONES = "y"
    COMMISSION = "C"
    BIND = "B"
    ACCOUNT = "A"
    APPROVE = "Y"
    REFUSE = "N"
    UNBIND = "U"
    ROLE = "O"
    EXPORT = "X"
    ERASE = "E"
    CALCULATE = "K"
    VOTE = "j"
    VOTE_REASON = "J"
    LEAVE_PERSON = "H"
    TAKE_CASE = "T"
    CLOSE_CASE = "Q"
    MORE = "M"
    WHAT_IF = "I"
    IF_RECEIVED = "R"
    IF_REFUNDED = "F"
    PUSH_MORE = "P"
    SHEET = "S"
    IF_ALL_RECEIVED = "L"
    AWAIT = "W"
    LEAVE_AWAITED = "V"
    DOCUMENT = "D"
    OPT_OUT = "G"


@dataclass(frozen=True, slots=True)
class Action:
    """A verb, what it is about (a row, a page, an entry's fingerprint) and where one came from.

    `origin` is the list page a card was opened from, to which its back button leads.
    """

    verb: Verb
    subject: str = ""
    origin: str = ""

    @property
    def row(self) -> int | None:
        """The order line's row, if the subject is one, or begins with one before a dot."""
        row = self.subject.partition(".")[0]
        return int(row) if row.isascii() and row.isdecimal() else None


def fingerprint(*parts: object) -> str:
    """Return eight characters that stand for `parts` where a token has no room for them."""
    digest = sha256("\x1f".join(str(part) for part in parts).encode()).digest()
    return urlsafe_b64encode(digest[:6]).decode()


class Signer:
    """Signs and reads tokens with the installation's secret, for one person at a time."""

    def __init__(self, secret: bytes) -> None:
        """Take the secret that signs buttons (签名密钥)."""
        self._secret = secret

    def token(self, user: int, action: Action) -> str:
        """Return `action` as a token of at most 64 bytes, good for `user` alone."""
        body = str(action.verb) + action.subject
        if action.origin:
            body += _ORIGIN + action.origin
        token = VERSION + self._seal(user, body) + body
        if len(token) > _LONGEST or not token.isascii():
            raise ValueError(
                f"button {body!r}: a token is ASCII and at most {_LONGEST} characters long;"
                " name its subject by a fingerprint"
            )
        return token

    def read(self, user: int, token: str) -> Action | None:
        """Return what `token` asks for; None if it is forged, another person's or outdated."""
        head = len(VERSION) + _SEAL_LENGTH
        seal, body = token[len(VERSION) : head], token[head:]
        if not token.isascii() or not token.startswith(VERSION) or not body:
            return None
        if not hmac.compare_digest(seal, self._seal(user, body)):
            return None
        # A verb of an older release is outdated, not an error.
        verb = _VERBS.get(body[0])
        subject, _, origin = body[1:].partition(_ORIGIN)
        return Action(verb, subject, origin) if verb else None

    def code(self, *parts: object) -> str:
        """Return 43 characters that stand for `parts` and that only the secret can make."""
        message = "\x1f".join(("code", *map(str, parts))).encode()
        digest = hmac.digest(self._secret, message, "sha256")
        return urlsafe_b64encode(digest).decode().rstrip("=")

    def _seal(self, user: int, body: str) -> str:
        message = f"{VERSION}\x1f{user}\x1f{body}".encode()
        digest = hmac.digest(self._secret, message, "sha256")
        return urlsafe_b64encode(digest[:12]).decode()


_VERBS = {verb.value: verb for verb in Verb}
