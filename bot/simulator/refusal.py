"""What Telegram says when it does not do what a bot asked for."""

__all__ = [
    "Refusal",
    "bad_request",
    "conflict",
    "forbidden",
    "too_many_requests",
]


class Refusal(Exception):
    """A Bot API call that is not carried out; the text is Telegram's own `description`."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        """Take the HTTP status and the words; `parameters` as in ResponseParameters."""
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def as_json(self) -> dict[str, object]:
        """Telegram's error object."""
        answer: dict[str, object] = {
            "ok": False,
            "error_code": self.code,
            "description": self.description,
        }
        if self.parameters:
            answer["parameters"] = self.parameters
        return answer


def bad_request(words: str) -> Refusal:
    """The call itself is wrong (400)."""
    return Refusal(400, f"Bad Request: {words}")


def forbidden(words: str) -> Refusal:
    """The bot may not do this to this chat (403)."""
    return Refusal(403, f"Forbidden: {words}")


def conflict(words: str) -> Refusal:
    """Two consumers of the same updates (409)."""
    return Refusal(409, f"Conflict: {words}")


def too_many_requests(retry_after: int) -> Refusal:
    """The bot is too fast (429); `retry_after` in seconds."""
    return Refusal(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)
