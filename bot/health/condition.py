"""How one process of the bot is (状况), as far as it knows without asking anybody."""

from dataclasses import dataclass

__all__ = ["STARTING", "Condition"]


@dataclass(frozen=True, slots=True)
class Condition:
    """What a service says of itself; seconds by a clock that only goes forward.

    The gateway is `open` while updates can come in: the polling lease is held, or the webhook is
    registered. `heard` is how long ago Telegram last answered it, None if it never did. `writing`
    is how long what the writer is doing has lasted, 0 while it waits for work; `writer_lives`
    says that its thread has not ended. `failing` is for how long nothing could be written,
    0 while it can: a database whose disk is full is still read.
    """

    started: bool
    open: bool = False
    heard: float | None = None
    writing: float = 0.0
    writer_lives: bool = True
    failing: float = 0.0


STARTING = Condition(started=False)
