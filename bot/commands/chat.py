"""`mingzhang chat`: the whole conversation in this terminal, without Telegram."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.markup import escape
from sqlalchemy import Engine

from bot.app import SystemClock, compose_conversation, load_snapshot
from bot.commands.chosen import known_creator
from bot.commands.failure import CommandFailed
from bot.commands.inputs import known_language
from bot.commands.samples import people_the_store
from bot.commands.store import opened_store, usable_settings
from bot.logs import configure_logging
from bot.publishing.candidate import Folders
from bot.publishing.current import RevisionUnusableError
from bot.publishing.watching import published_at_start
from bot.simulator.world import numbers_to_try, sample_creators
from bot.store.creators import make_binding_code
from bot.store.database import open_engine, upgrade
from bot.terminal.conversation import Conversation
from bot.terminal.screen import Screen
from bot.terminal.talk import Talk

__all__ = ["chat"]

_ENDS = frozenset({"/quit", "/exit", "/退出"})
_SUGGESTED = 5
_PROMPT = "[bold]你：[/]"
_HINT = (
    "直接打字提问或发订单号；输入按钮前的数字就是按下它"
    "（要发送数字本身，前面加一个点：.50）。按 Ctrl-D 或输入 /quit 结束。"
)


def chat(creator: str | None, language: str, files: Path | None, *, own: bool) -> None:
    """Talk until the input ends; with `own` on the configured database, else on samples.

    Raises CommandFailed for a creator nobody has registered, or answers that cannot be used.
    """
    known_language(language)
    if files is not None and not files.is_dir():
        raise CommandFailed(f"--files：没有这个目录 {files}；请先建立它")
    configure_logging("WARNING", [])
    console = Console(highlight=False)
    opened = _own(creator, language) if own else _samples(creator, language)
    with console.status("正在准备……") as waiting, opened as (conversation, opening):
        waiting.stop()
        talk = Talk(conversation, Screen(console), files)
        console.print(_HINT, style="dim")
        for line in () if own else _numbers(creator):
            console.print(line, style="dim")
        talk.hear(opening)
        for line in _lines(console):
            talk.hear(line)


@contextmanager
def _samples(creator: str | None, language: str) -> Iterator[tuple[Conversation, str]]:
    """A chat on sample orders; nothing is kept afterwards."""
    clock = SystemClock()
    with TemporaryDirectory(prefix="mingzhang-chat-") as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'chat.db'}")
        try:
            upgrade(engine)
            people = people_the_store(engine, Path(folder), clock.now())
            snapshot = load_snapshot()
            conversation = compose_conversation(
                usable_settings(), engine, lambda: snapshot, clock.now, language
            )
            yield conversation, _binding(engine, creator or people[0].name)
        finally:
            engine.dispose()


@contextmanager
def _own(creator: str | None, language: str) -> Iterator[tuple[Conversation, str]]:
    """A chat on the configured database, with the answers and rules in force there."""
    clock, settings = SystemClock(), usable_settings()
    with opened_store() as engine:
        folders = Folders(settings.knowledge_dir, settings.rules_dir)
        try:
            current = published_at_start(engine, folders, clock.now())
        except RevisionUnusableError as error:
            raise CommandFailed(str(error)) from None
        conversation = compose_conversation(settings, engine, current, clock.now, language)
        yield conversation, _binding(engine, creator) if creator else "/start"


def _binding(engine: Engine, creator: str) -> str:
    """Give what binds this chat to a creator, as a one-time link does on Telegram."""
    with engine.begin() as connection:
        row = known_creator(connection, creator, "--creator：")
        return f"/start b_{make_binding_code(connection, row, SystemClock().now())}"


def _numbers(creator: str | None) -> Iterator[str]:
    """Name some of the sample orders that this creator may see."""
    name = creator or sample_creators()[0].name
    own = [each for each in numbers_to_try() if each.creator == name]
    yield f"{name} 的样例订单："
    for each in own[:_SUGGESTED]:
        yield f"  {each.number:22}  {each.what}"


def _lines(console: Console) -> Iterator[str]:
    """What is typed, line by line, until the end."""
    with suppress(ImportError):
        import readline  # noqa: F401 - lines can then be edited and called back
    typed = sys.stdin.isatty()
    while True:
        try:
            line = console.input(_PROMPT if typed else "")
        except EOFError:
            return
        if not typed:  # or what is piped in would be missing from the record
            console.print(f"{_PROMPT}{escape(line)}")
        if line.strip() in _ENDS:
            return
        if line.strip():
            yield line
