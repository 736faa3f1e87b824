"""A free port of this machine, for a process that is told where to listen."""

import socket

__all__ = ["free_port"]


def free_port() -> int:
    """A port that nobody listens on; whoever else asks the system may be given it too."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
