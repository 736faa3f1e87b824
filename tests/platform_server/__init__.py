"""A contract server of the platforms' order interfaces, written from their documents alone.

It shares no code with what it tests: own signatures, own envelopes, own arithmetic.
"""

from tests.platform_server.asked import Keys
from tests.platform_server.comparison import differences
from tests.platform_server.faults import Faults
from tests.platform_server.server import NOW, PlatformServer

__all__ = ["NOW", "Faults", "Keys", "PlatformServer", "differences"]
