"""Numbers of other kinds that look like order numbers: phones, identity cards, barcodes, times."""

import re
from datetime import date
from operator import mul

_MOBILE = re.compile(r"(?:(?:00)?86)?1[3-9][0-9]{9}")
_SERVICE_LINE = re.compile(r"[48]00[0-9]{7}")
_LANDLINE = re.compile(r"0[1-9][0-9]{8,10}")
_PROVINCE = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
_BARCODE = re.compile(r"(?:69[0-9]|97[89])[0-9]{10}")
_EPOCH = re.compile(r"1[5-8][0-9]{8}(?:[0-9]{3})?")
_TO_THE_SECOND = re.compile(r"[0-9]{8}(?:[01][0-9]|2[0-3])(?:[0-5][0-9]){2}(?:[0-9]{3})?")
_WAYBILL = re.compile(r"[A-Za-z]{2,4}[0-9]{8,15}")
_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def is_phone(digits: str) -> bool:
    """Tell a mobile number (also with 86), a landline with its zero, a 400 or 800 line (电话)."""
    return any(form.fullmatch(digits) for form in (_MOBILE, _SERVICE_LINE, _LANDLINE))


def is_identity_number(digits: str) -> bool:
    """Tell a resident identity number (身份证号): province, birthday and check digit all fit.

    About one Taobao number in sixty thousand fits by chance.
    """
    if len(digits) != 18 or not _PROVINCE.match(digits) or not is_day(digits[6:14]):
        return False
    total = sum(map(mul, _IDENTITY_WEIGHTS, map(int, digits[:-1])))
    return digits.upper().endswith("10X98765432"[total % 11])


def is_barcode(digits: str) -> bool:
    """Tell a Chinese EAN-13 or an ISBN by prefix and check digit (条形码)."""
    if not _BARCODE.fullmatch(digits):
        return False
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return total % 10 == 0


def is_day(digits: str) -> bool:
    """Tell a day of this century or the last, written without separators (20260701)."""
    if len(digits) != 8 or digits[:2] not in ("19", "20"):
        return False
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True


def is_time(digits: str) -> bool:
    """Tell a day, a time to the second or millisecond (14, 17), or one since 1970 (10, 13).

    Twelve digits are no time here: JD's order numbers have twelve.
    """
    if _EPOCH.fullmatch(digits) or is_day(digits):
        return True
    return _TO_THE_SECOND.fullmatch(digits) is not None and is_day(digits[:8])


def is_waybill(token: str) -> bool:
    """Tell a carrier's number: letters, then digits, such as SF…, YT…, JD… (运单号)."""
    return _WAYBILL.fullmatch(token) is not None
