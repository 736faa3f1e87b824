"""What the tests of the order interfaces share: cases from YAML, and a question to ask."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from settlement.apis import ApiMethod, Credentials, Question, methods
from settlement.shanghai import SHANGHAI

FOLDER = Path(__file__).parents[2] / "apis"
START = datetime(2026, 8, 20, 10, 0, tzinfo=SHANGHAI)
QUESTION = Question(START, START + timedelta(hours=1))
KEYS = Credentials("the-key", "the-secret", "the-token", "the-union-key", "the-sign-secret")
BY_NAME = {method.name: method for method in methods()}


def cases(pattern: str) -> list[dict[str, Any]]:
    """Read the cases of these files."""
    yaml = YAML(typ="safe", pure=True)
    return [case for file in sorted(FOLDER.glob(pattern)) for case in yaml.load(file)]


def body_of(case: dict[str, Any]) -> bytes:
    """The answer as it arrives; `result` is wrapped as JD's present gateway does it."""
    if "answer" in case:
        return str(case["answer"]).encode()
    envelope = {
        "jd_union_open_order_row_query_responce": {"code": "0", "queryResult": case["result"]}
    }
    return json.dumps(envelope).encode()


def first_method(platform: str) -> ApiMethod:
    """The method a platform's orders are asked with."""
    return next(method for method in methods() if method.platform == platform)
