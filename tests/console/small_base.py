"""Three answers of the tests' own, learned in a moment, published and followed (小知识库)."""

from sqlalchemy import Engine

from bot.publishing.current import Current
from bot.store.revisions import keep_revision, publish_revision
from tests.console.conftest import NOW

__all__ = ["BASE", "FILE", "published_base"]

_ENTRY = """
- id: {id}
  platform: {platform}
  questions: [{questions}]
  answer: {answer}
  answer_en: Yes.
  source: {{title: 明账, as_of: undated}}
"""
BASE = "# 答案\n" + "".join(
    _ENTRY.format(id=name, platform=platform, questions=questions, answer=answer)
    for name, platform, questions, answer in (
        ("general.money.tax", "general", "佣金要不要交税, 带货收入怎么报税", "要交。"),
        ("general.bot.what", "general", "你能帮我做什么, 这个机器人是干嘛的", "查佣金。"),
        (
            "jd.refund.after",
            "jd",
            "京东买家退款了佣金还有吗, 京东退货以后佣金怎么办",
            "会被扣回。",
        ),
    )
)
FILE = "knowledge/general.yaml"


def published_base(engine: Engine) -> Current:
    """The answers as the first revision; `look` swaps to a later one."""
    with engine.begin() as connection:
        revision = keep_revision(connection, {FILE: BASE})
        publish_revision(connection, revision, "tests", "", NOW)
    return Current(engine)
