"""Single members of a row, as reviewed data."""

import json
from typing import Any

import pytest

from settlement.apis.json_text import parsed
from settlement.apis.members import READERS
from settlement.contract import plain
from settlement.reading import Unreadable
from tests.settlement.apis.cases import cases


@pytest.mark.parametrize(
    "case", cases("members.yaml"), ids=lambda case: f"{case['as']} {case['value']}"[:60]
)
def test_a_member_is_read_or_refused(case: dict[str, Any]) -> None:
    read, value = READERS[case["as"]], parsed(case["value"])

    if "refused" in case:
        with pytest.raises(Unreadable) as caught:
            read(value)
        assert case["refused"] in caught.value.message
        assert "；" in caught.value.message
    else:
        assert plain(read(value)) == case["is"]
        assert json.dumps(case["is"]).encode()
