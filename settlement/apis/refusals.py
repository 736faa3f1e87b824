"""Refusals of the platforms: what kind they are, and what the operator can do (zh)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from settlement.apis.values import ApiRefusal, RefusalKind
from settlement.model import Platform
from settlement.platforms import folder

LONGEST_WORDS = 200
_KEY = re.compile(r"(?=[A-Za-z_]*[0-9])[0-9A-Za-z_]{16,}", re.ASCII)
"""What in a platform's words may be a token, a key or an order number."""
_CUT_KEY = re.compile(r"[0-9A-Za-z_]+\Z", re.ASCII)
"""What stands at a cut may be half a key, and too short to be taken for one."""
_RETRIES = {RefusalKind.THROTTLED: 60.0, RefusalKind.SERVER: 5.0, RefusalKind.BROKEN: 5.0}
"""Seconds to wait where the platform does not say."""
_REMEDIES: Mapping[RefusalKind, str] = {
    RefusalKind.THROTTLED: "调用太频繁；会自动等一会儿再取，长期如此请向平台申请提高调用量",
    RefusalKind.TOKEN_EXPIRED: "授权已失效；请到平台重新授权，把新的令牌写进 {token}",
    RefusalKind.BAD_SIGNATURE: "应用标识或密钥不对；请核对 {key} 和 {secret}",
    RefusalKind.CLOCK_SKEW: "这台机器的时钟和平台差得太多；请校准系统时间",
    RefusalKind.WINDOW_TOO_WIDE: "一次查的时间太长；会自动缩短后再取，不用处理",
    RefusalKind.TOO_OLD: "平台已不提供这么早的订单；请从后台导出报表，再用 mingzhang import 导入",
    RefusalKind.NOT_ALLOWED: "应用没有调用这个接口的权限；请在平台为 {key} 的应用申请权限",
    RefusalKind.SERVER: "平台的服务暂时出错；会自动重试，不用处理",
    RefusalKind.BROKEN: "回答不是这个接口的格式；请检查 {gateway} 和网络代理，会自动重试",
    RefusalKind.UNKNOWN: "平台拒绝了请求；请按平台的说明处理，或把代码交给技术人员",
}


@dataclass(frozen=True, slots=True)
class RefusalCodes:
    """Which codes and words of a platform mean which kind of refusal; words are lower case."""

    codes: Mapping[str, RefusalKind]
    words: Mapping[str, RefusalKind]

    def kind(self, codes: tuple[str, ...], words: str) -> RefusalKind:
        """Return the kind by the most particular code that is listed, else by the words."""
        for code in codes:
            if code in self.codes:
                return self.codes[code]
        lower = words.lower()
        return next(
            (kind for part, kind in self.words.items() if part in lower), RefusalKind.UNKNOWN
        )


def refusal(
    platform: Platform,
    kind: RefusalKind,
    code: str,
    words: str,
    retry_after: float | None = None,
) -> ApiRefusal:
    """Return a refusal with what to do about it; the platform's words are cut to one line."""
    prefix = f"MINGZHANG_{folder(platform).upper()}_"
    remedy = _REMEDIES[kind].format(
        token=f"{prefix}ACCESS_TOKEN",
        key=f"{prefix}APP_KEY",
        secret=f"{prefix}APP_SECRET",
        gateway=f"{prefix}GATEWAY",
    )
    return ApiRefusal(
        kind,
        _one_line(code),
        _KEY.sub("…", _one_line(words)),
        remedy,
        _RETRIES.get(kind) if retry_after is None else retry_after,
    )


def _one_line(words: str) -> str:
    printable = "".join(each if each.isprintable() else " " for each in words)
    line = " ".join(printable.split())
    return line if len(line) <= LONGEST_WORDS else _CUT_KEY.sub("…", line[:LONGEST_WORDS])


def refused_by_http(
    platform: Platform, status: int, retry_after: float | None = None
) -> ApiRefusal:
    """Return the refusal that an HTTP status means, where the body says nothing.

    Args:
        platform: whose gateway answered.
        status: the HTTP status, not 200.
        retry_after: seconds named by the answer's header, if any.
    """
    kind = RefusalKind.UNKNOWN
    if status == 429:
        kind = RefusalKind.THROTTLED
    elif status >= 500:
        kind = RefusalKind.SERVER
    elif status == 401:
        kind = RefusalKind.TOKEN_EXPIRED
    elif status == 403:
        kind = RefusalKind.NOT_ALLOWED
    return refusal(platform, kind, f"HTTP {status}", "", retry_after)
