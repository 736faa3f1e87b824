"""How many examples a property is tried with: few in CI, as many as wished in a long campaign."""

import os

__all__ = ["examples"]


def examples(few: int) -> int:
    """Return `few`, or what MINGZHANG_TEST_EXAMPLES says."""
    return int(os.environ.get("MINGZHANG_TEST_EXAMPLES", few))
