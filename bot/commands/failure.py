"""The one way in which a command says that it cannot do what was asked."""

__all__ = ["CommandFailed", "unreadable_file"]

CAUSES: dict[type[OSError], str] = {
    FileNotFoundError: "没有这个文件",
    IsADirectoryError: "这是目录，不是文件",
    PermissionError: "没有读它的权限",
}


class CommandFailed(Exception):
    """What is wrong, where, and what to do: one line for people, exit status 2."""


def unreadable_file(file: str, error: OSError) -> str:
    """Why a file cannot be read, in one line."""
    cause = CAUSES.get(type(error), error.strerror or type(error).__name__)
    return f"{file}：读不了（{cause}）；请检查路径与权限"
