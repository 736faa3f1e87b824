"""The `mingzhang` command line; every command imports what it needs when it is called."""

import errno
import os
import sys

import typer

from bot.commands.failure import CommandFailed
from bot.commands.groups import answers, diagnoses, operating, orders, trying
from bot.commands.misuse import misuse_in_words
from bot.commands.output import complain

__all__ = ["app", "main"]

DISK_IS_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})

app = typer.Typer(
    name="mingzhang",
    help="明账：推广佣金问答机器人。先试试 mingzhang demo",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for panel in (trying, orders, diagnoses, operating, answers):
    app.add_typer(panel.commands)


def main() -> None:
    """Run the command line; whatever is wrong becomes one line and exit status 2."""
    try:
        status = app(standalone_mode=False)
        sys.stdout.flush()
    except CommandFailed as failure:
        for line in str(failure).splitlines():
            complain(line)
        status = 2
    except typer.Abort:
        status = 130
    except typer.TyperException as misuse:
        if said := misuse_in_words(misuse):
            complain(said)
        status = 2
    except KeyboardInterrupt:
        status = 130
    except (SystemExit, BrokenPipeError):
        # The reader of a pipe, such as head, has had enough; typer ends by SystemExit then.
        _let_go_of_output()
        status = 0
    except OSError as error:
        if error.errno not in DISK_IS_FULL:
            raise
        _let_go_of_output()
        complain(f"写不进去（{error.strerror}）；请检查磁盘空间，再运行一次")
        status = 2
    sys.exit(status if isinstance(status, int) else 0)


def _let_go_of_output() -> None:
    """Write what is left nowhere, or the interpreter would try once more and complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
