"""The order interfaces (订单接口) of the platforms: requests to sign, answers to read; all pure.

What a platform's interface is like stands in its room: ``api.yaml`` and ``api.py``.
"""

from functools import cache
from importlib import import_module
from importlib.util import find_spec

from settlement.apis.methods import ApiMethod
from settlement.apis.refusals import refused_by_http
from settlement.apis.values import (
    ApiRefusal,
    Credentials,
    HttpCall,
    MonthlyBill,
    Page,
    Question,
    RefusalKind,
    UnreadRow,
)
from settlement.model import Platform
from settlement.platforms import folder
from settlement.yaml_text import packaged

__all__ = [
    "ApiMethod",
    "ApiRefusal",
    "Credentials",
    "HttpCall",
    "MonthlyBill",
    "Page",
    "Question",
    "RefusalKind",
    "UnreadRow",
    "methods",
    "methods_of",
    "refused_by_http",
]


@cache
def methods_of(platform: Platform) -> tuple[ApiMethod, ...]:
    """Return the methods of a platform, none if its room has no interface; read on first use."""
    from settlement.apis.method_files import read_methods

    name = f"settlement.platforms.{folder(platform)}.api"
    if not find_spec(name):
        return ()
    file = f"platforms/{folder(platform)}/api.yaml"
    return read_methods(packaged(file), file, platform, import_module(name).INTERFACE)


@cache
def methods() -> tuple[ApiMethod, ...]:
    """Return the methods of all platforms."""
    return tuple(method for platform in Platform for method in methods_of(platform))
