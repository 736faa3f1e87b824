"""`python -m bot`: the same as the command `mingzhang`."""

from bot.cli import main

main()
