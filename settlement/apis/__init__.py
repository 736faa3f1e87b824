"""The order interfaces (订单接口) of the platforms: requests to sign, answers to read; all pure.

What a platform's interface is like stands in its room: ``api.yaml`` and ``api.py``.
"""

from functools import cache
from importlib import import_module

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
    """Return the methods of a platform; its files are read on first use."""
    from settlement.apis.method_files import read_methods

    file = f"platforms/{folder(platform)}/api.yaml"
    module = import_module(f"settlement.platforms.{folder(platform)}.api")
    return read_methods(packaged(file), file, platform, module.INTERFACE)


@cache
def methods() -> tuple[ApiMethod, ...]:
    """Return the methods of all platforms."""
    return tuple(method for platform in Platform for method in methods_of(platform))
