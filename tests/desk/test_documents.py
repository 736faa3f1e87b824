from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.desk.actions import Action, Signer, Verb
from bot.desk.desk import Desk
from bot.desk.facts import Facts
from bot.desk.imports import (
    DocumentImport,
    DocumentState,
    FileImported,
    ImportDocument,
    ImportForGood,
    UndoDocument,
)
from bot.desk.incoming import Attachment, Incoming
from bot.desk.operators import Operators
from bot.desk.replies import Answered, Edit, Toast
from tests.conversations.understanding import shipped_snapshot

NOW = datetime(2026, 8, 20, 2, tzinfo=UTC)
SECRET = b"a secret for tests"
GROUP, ADMIN, STAFF = -100900, 900, 501
FILE = Attachment("AgAD", "订单.csv", 12_900_000, "text/csv")
DONE = DocumentImport(
    5, GROUP, "订单.csv", state=DocumentState.DONE, files=(FileImported("订单.csv", 1, batch=3),)
)


def sent(**more: Any) -> Incoming:
    common = {"private": False, "addressed": False, "kind": "document", "file": FILE}
    return Incoming(**{"update": 1, "user": STAFF, "chat": GROUP, "message": 7, **common, **more})


def answer(
    incoming: Incoming, facts: Facts | None = None, operators: Operators | None = None
) -> Answered:
    known = operators or Operators(GROUP, (ADMIN,))
    desk = Desk(shipped_snapshot, SECRET, "mingzhang_bot", operators=known)
    return desk.answer(incoming, facts or Facts(), NOW)


def wish(**more: Any) -> ImportDocument | None:
    effects = answer(sent(**more)).effects
    assert len(effects) <= 1
    return next((each for each in effects if isinstance(each, ImportDocument)), None)


@pytest.mark.parametrize(
    ("caption", "creator", "dry_run", "unread"),
    [
        ("", None, False, None),
        ("达人：小红", "小红", False, None),
        ("達人: 小红 严选", "小红 严选", False, None),
        ("Creator: Anna，dry-run", "Anna", True, None),
        ("试导入\n达人：小红", "小红", True, None),
        ("小红的八月", None, False, "小红的八月"),
        ("先试看，八月的", None, True, "先 八月的"),
        ("达人：", None, False, "达人："),
    ],
)
def test_what_a_caption_says(
    caption: str, creator: str | None, dry_run: bool, unread: str | None
) -> None:
    wanted = wish(text=caption)
    assert wanted is not None
    assert (wanted.creator, wanted.dry_run) == (creator, dry_run)
    assert ("没看懂" in wanted.said.html) is (unread is not None)
    assert unread is None or f"“{unread}”" in wanted.said.html
    assert "收到 <b>订单.csv</b>（12.3 MB）" in wanted.said.html


@pytest.mark.parametrize(
    ("file", "name"),
    [
        (Attachment("1", "订单.CSV"), "订单.CSV"),
        (Attachment("1", "a/b.xlsx"), "a/b.xlsx"),
        (Attachment("1", "", None, "text/csv"), "report.csv"),
        (Attachment("1", "表格", None, "application/vnd.ms-excel"), "表格.xls"),
        (Attachment("1", "长" * 300 + ".zip"), "长" * 200 + ".zip"),
        (Attachment("1", "合同.docx"), None),
        (Attachment("1", "订单.csv.exe"), None),
        (Attachment("1", ".csv"), ".csv"),
        (Attachment("1"), None),
    ],
)
def test_a_report_is_known_by_its_name_or_kind(file: Attachment, name: str | None) -> None:
    wanted = wish(file=file)
    assert (wanted.name if wanted else None) == name


@pytest.mark.parametrize(
    ("where", "imported"),
    [
        ({}, True),
        ({"user": ADMIN, "chat": ADMIN, "private": True}, True),
        ({"user": STAFF, "chat": STAFF, "private": True}, False),
        ({"user": ADMIN, "chat": -100200}, False),
        ({"edited": True}, False),
        ({"kind": "photo", "file": None}, False),
    ],
)
def test_only_the_operators_reports_are_imported(where: dict[str, Any], imported: bool) -> None:
    assert (wish(**where) is not None) is imported


def pressed(what: str, document: DocumentImport | None, **more: Any) -> Answered:
    chat = more.get("chat", GROUP)
    token = Signer(SECRET).token(chat, Action(Verb.DOCUMENT, f"5.{what}"))
    press = Incoming(1, STAFF, chat, private=False, message=9, button=token, button_query="q")
    press = replace(press, **{key: value for key, value in more.items() if key != "operators"})
    return answer(press, Facts(document=document), more.get("operators"))


def expired(answered: Answered) -> bool:
    return answered.effects == () and [type(each) for each in answered.replies] == [Toast]


def test_undoing_asks_first_and_happens_once() -> None:
    asked = pressed("undo", DONE)
    assert asked.effects == ()
    assert any(isinstance(each, Edit) and "要撤销" in each.html for each in asked.replies)
    assert pressed("undo_surely", DONE).effects == (UndoDocument(5),)
    for state in DocumentState:
        if state is not DocumentState.DONE:
            assert pressed("undo_surely", replace(DONE, state=state)).effects == ()


def test_only_what_was_tried_is_imported_for_good_and_only_what_was_written_undone() -> None:
    tried = replace(DONE, dry_run=True)
    assert pressed("import", tried).effects == (ImportForGood(5),)
    assert pressed("undo_surely", tried).effects == ()
    assert pressed("import", DONE).effects == ()
    nothing = replace(DONE, files=(FileImported("订单.csv", unchanged=3, batch=3),))
    assert pressed("undo_surely", nothing).effects == ()


def test_a_press_is_judged_where_and_by_whom_it_is_made() -> None:
    assert expired(pressed("undo_surely", None)), "forgotten"
    assert expired(pressed("undo_surely", DONE, chat=-100200)), "in another group"
    other = Operators(-100333, ())
    assert expired(pressed("undo_surely", DONE, operators=other)), "no operator's chat any more"
