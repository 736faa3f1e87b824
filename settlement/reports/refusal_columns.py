"""Our own columns in a table of refused rows; when it is read again they say nothing."""

from settlement.reports.layouts import header_key

__all__ = ["COLUMNS", "KEYS"]

COLUMNS = ("未导入：文件", "未导入：行", "未导入：列", "未导入：原因")
KEYS = frozenset(map(header_key, COLUMNS))
