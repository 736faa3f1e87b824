"""Two of the operator's people decide on one request at the same moment."""

from datetime import UTC, datetime

from sqlalchemy import Engine, select

from bot.desk.actions import Action, Signer, Verb
from bot.desk.desk import Desk
from bot.desk.effects import RequestBinding
from bot.desk.facts import Dialogue, RequestKey
from bot.desk.incoming import Incoming
from bot.desk.operators import Operators
from bot.desk.snapshot import Snapshot
from bot.intake import Intake, Received
from bot.store.binding_requests import request_binding
from bot.store.people import Acquaintance, remember
from bot.store.tables import bindings, outbox
from bot.writer import Writer
from knowledge.loader import shipped_knowledge
from knowledge.matcher import Matcher
from settlement.rulebook import shipped_rulebook

NOW = datetime(2026, 9, 15, 1, 0, tzinfo=UTC)
SECRET = b"secret"
ASKER, ADMINS = 7, (900, 901)
KEY = RequestKey(ASKER, "markmark")


def press(update: int, admin: int, verb: Verb) -> Received:
    subject = "7.markmark.0" if verb is Verb.APPROVE else "7.markmark"
    token = Signer(SECRET).token(admin, Action(verb, subject))
    pressed = Incoming(update, admin, admin, message=5, button=token, button_query=f"q{update}")
    return Received(update, {}, pressed)


def test_one_decision_counts_and_the_asker_hears_of_it_once(engine: Engine) -> None:
    knowledge = shipped_knowledge()
    snapshot = Snapshot(knowledge, Matcher(knowledge), shipped_rulebook(), "test")
    desk = Desk(lambda: snapshot, SECRET, operators=Operators(None, ADMINS))
    with engine.begin() as connection:
        remember(connection, [Acquaintance(ASKER, ASKER, "雅", "zh", Dialogue())], NOW)
        request_binding(connection, RequestBinding(KEY, "douyin", "小雅"), NOW)
    writer = Writer(engine, Intake(desk, 4, lambda: NOW))
    writer.start()
    decisions = [press(1, 900, Verb.APPROVE), press(2, 901, Verb.REFUSE)]
    decisions += [press(3, 901, Verb.APPROVE), press(4, 900, Verb.APPROVE)]
    writer.submit(decisions).result()
    writer.stop()
    with engine.begin() as connection:
        told = connection.execute(select(outbox.c.payload).where(outbox.c.user == ASKER)).all()
        bound = connection.execute(select(bindings.c.user)).scalars().all()
    assert len(told) == 1
    assert "绑好了" in told[0].payload["html"]
    assert bound == [ASKER]
