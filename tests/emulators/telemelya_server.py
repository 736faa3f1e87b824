"""telemelya, somebody else's Bot API emulator, without Redis and MinIO beside it.

Run as `python -m tests.emulators.telemelya_server`; prints its address and serves until killed.
"""

import os
import socket
import sys
from threading import Thread

import uvicorn
from fakeredis import TcpFakeServer

KEY = "telemelya"


async def nothing() -> None:
    """Where it would open or close its store of media."""


def main() -> None:
    """Start a fake Redis, then telemelya on a free port."""
    redis = TcpFakeServer(("127.0.0.1", 0), server_type="redis")
    Thread(target=redis.serve_forever, daemon=True).start()
    # It reads its settings when it is imported.
    os.environ["REDIS_URL"] = f"redis://127.0.0.1:{redis.server_address[1]}/0"
    os.environ["AUTH_KEYS"] = KEY
    from telemelya.server.app import app
    from telemelya.server.media import media_manager

    media_manager.connect = media_manager.close = nothing
    listening = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(f"http://127.0.0.1:{listening.getsockname()[1]}\n")
    sys.stdout.flush()
    uvicorn.Server(uvicorn.Config(app, log_level="warning")).run([listening])


if __name__ == "__main__":
    main()
