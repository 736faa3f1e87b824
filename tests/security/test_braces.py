from sqlalchemy import Engine, select

from bot.store.tables import outbox
from tests.console.conftest import ON_SQLITE
from tests.security.chatting import begin_chat
from tests.security.hostile import COMPUTED, HOSTILE


@ON_SQLITE
def test_braces_that_somebody_writes_are_braces(engine: Engine) -> None:
    """A name, a question, a case: what a template engine would compute is nowhere."""
    chat = begin_chat(engine, 7, HOSTILE)
    for words in ("/start", HOSTILE, "{{ 31337 * 3 }}", f"/human {HOSTILE}", "{% raw %}x"):
        chat.say(words)
    with engine.connect() as connection:
        said = [str(each) for each in connection.execute(select(outbox.c.payload)).scalars()]
    assert any("31337 * 3" in each for each in said)
    assert [each for each in said if COMPUTED in each] == []
