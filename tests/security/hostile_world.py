"""A database in which every word that somebody else chose is hostile."""

from sqlalchemy import Engine, update

from bot.store.audit import AuditEntry, record
from bot.store.importing import OwnedOrder, ReportImport
from bot.store.letters import State
from bot.store.staff import Member, StaffRole, give_role
from bot.store.tables import creators, import_batches, outbox
from settlement.model import Order, Platform
from tests.security.chatting import NOW, begin_chat, code_for
from tests.security.hostile import FORMULA, HOSTILE

__all__ = ["fill"]

PERSON, STAFF, ADMIN = 5_001, 5_002, 9000


def fill(engine: Engine) -> None:
    """Let somebody with a hostile name live here, and people with hostile names work here."""
    chat = begin_chat(engine, PERSON, HOSTILE)
    line = Order(Platform.TAOBAO, "2483920174658301", shop=HOSTILE, item=HOSTILE)
    chat.say(f"/start b_{code_for(engine, HOSTILE, line)}")
    chat.say("2483920174658301")
    chat.press("到账提醒")
    for words in (HOSTILE, FORMULA, f"为什么没有佣金 {HOSTILE}", f"/human {HOSTILE}"):
        chat.say(words)
    other = begin_chat(engine, PERSON + 7, FORMULA)
    other.say("/bind")
    other.press("申请")
    other.press("抖音")
    other.say('<xss-mark>好物 " xss-attr=1')
    _work(engine)


def _work(engine: Engine) -> None:
    report = ReportImport(engine, HOSTILE, "another hash", NOW)
    report.add([OwnedOrder(1, Order(Platform.JD, "100000000001", shop=FORMULA, item=FORMULA))])
    report.publish(refused=3)
    with engine.begin() as connection:
        member = Member(STAFF, HOSTILE, StaffRole.EDITOR)
        give_role(connection, member, StaffRole.EDITOR, (ADMIN,), ADMIN, NOW)
        record(connection, AuditEntry(NOW, STAFF, HOSTILE, "signed_in", HOSTILE, {"a": HOSTILE}))
        connection.execute(
            update(outbox).values(state=State.FAILED, reason=HOSTILE, settled_at=NOW)
        )
        connection.execute(update(creators).values(name=HOSTILE).where(creators.c.id == 1))
        connection.execute(update(import_batches).values(file_name=HOSTILE))
