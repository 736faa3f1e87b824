"""One of the campaigns here, by its name: `python -m tests.reliability boundaries --help`."""

import sys
from importlib import import_module
from importlib.util import find_spec

if __name__ == "__main__":
    name = f"tests.reliability.{sys.argv[1]}" if len(sys.argv) > 1 else ""
    if not name.isascii() or find_spec(name or "-") is None:
        raise SystemExit("name a campaign: a module of tests/reliability, such as boundaries")
    sys.argv[1:2] = []
    import_module(name).main()
