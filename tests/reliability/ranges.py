"""Ranges of numbers on the command line of a campaign: seeds, kills."""

__all__ = ["numbers"]


def numbers(text: str) -> range:
    """`0-49` as the fifty numbers it means."""
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)
