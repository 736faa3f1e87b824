"""What can be asked with the keys that are set (数据来源), and what is missing for the rest."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from pydantic import SecretStr

from bot.platform_keys import PlatformKeys
from bot.store.sync_cursors import SourceKey
from settlement.apis import ApiMethod, Credentials, methods_of
from settlement.model import Platform

__all__ = [
    "Application",
    "Missing",
    "Source",
    "applications",
    "missing_keys",
    "secrets_of",
    "title_of",
]

_MEMBERS = ("app_key", "app_secret", "access_token", "union_key", "sign_secret")
_PREFIX = {Platform.ALIBABA_1688: "alibaba1688"}


@dataclass(frozen=True, slots=True)
class Source:
    """An interface of a platform, and what it is asked with."""

    method: ApiMethod
    credentials: Credentials = field(repr=False)
    account: str
    gateway: str | None = None

    @property
    def key(self) -> SourceKey:
        """What its cursor is kept by."""
        return SourceKey(self.method.platform, self.method.name, self.account)


@dataclass(frozen=True, slots=True)
class Application:
    """One application of an operator's on one platform: its sources share a pace and a lease."""

    platform: Platform
    account: str
    sources: tuple[Source, ...]
    """Those that tell of orders."""
    bills: tuple[Source, ...] = ()
    """Those that tell of months."""

    @property
    def lease(self) -> str:
        """The name of the lease that whoever asks it holds."""
        return f"sync:{self.platform}:{self.account}"


@dataclass(frozen=True, slots=True)
class Missing:
    """Settings without which an interface cannot be asked, though others of its kind are set."""

    platform: Platform
    method: str
    variables: tuple[str, ...]


def applications(
    settings: PlatformKeys, platform: Platform | None = None
) -> tuple[Application, ...]:
    """What the keys that are set allow to ask, platform by platform."""
    found = [source for source in _sources(settings) if platform in (None, source.key.platform)]
    return tuple(
        _application(name, account, list(sources))
        for (name, account), sources in groupby(
            found, key=lambda each: (each.key.platform, each.account)
        )
    )


def missing_keys(settings: PlatformKeys) -> Iterator[Missing]:
    """What is missing of platforms of which at least one key is set."""
    for platform in Platform:
        given = _given(settings, platform)
        for method in methods_of(platform) if given else ():
            absent = [name for name in _needs(method) if name not in given]
            if absent:
                names = tuple(_variable(platform, name) for name in absent)
                yield Missing(platform, method.name, names)


def secrets_of(settings: PlatformKeys) -> list[str]:
    """What must stand in no log."""
    return [value for platform in Platform for value in _given(settings, platform).values()]


def title_of(key: SourceKey) -> str:
    """What a source is called (zh)."""
    titles = {each.name: each.title for each in methods_of(key.platform)}
    return titles.get(key.method, key.method)


def _application(platform: Platform, account: str, sources: Sequence[Source]) -> Application:
    of_orders = tuple(each for each in sources if not each.method.tells_of_months)
    of_months = tuple(each for each in sources if each.method.tells_of_months)
    return Application(platform, account, of_orders, of_months)


def _sources(settings: PlatformKeys) -> Iterator[Source]:
    for platform in Platform:
        given = _given(settings, platform)
        for method in methods_of(platform) if given else ():
            if all(name in given for name in _needs(method)):
                account = hashlib.sha256(given["app_key"].encode()).hexdigest()[:8]
                gateway = getattr(settings, f"{_prefix(platform)}_gateway")
                yield Source(method, Credentials(**given), account, gateway)


def _needs(method: ApiMethod) -> tuple[str, ...]:
    return ("app_key", "app_secret", *(n for n in method.needs if not n.startswith("app_")))


def _given(settings: PlatformKeys, platform: Platform) -> Mapping[str, str]:
    values = {name: getattr(settings, f"{_prefix(platform)}_{name}", None) for name in _MEMBERS}
    return {
        name: value.get_secret_value() if isinstance(value, SecretStr) else value
        for name, value in values.items()
        if value is not None
    }


def _prefix(platform: Platform) -> str:
    return _PREFIX.get(platform, str(platform))


def _variable(platform: Platform, member: str) -> str:
    return f"MINGZHANG_{_prefix(platform)}_{member}".upper()
