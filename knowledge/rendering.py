"""An entry's answer as Telegram HTML, in the person's language."""

from functools import lru_cache

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from knowledge.entry import Entry, Figures
from knowledge.traditional import traditional

__all__ = ["LANGUAGES", "render_answer"]

LANGUAGES = ("zh", "zh-hant", "en")

_ENVIRONMENT = ImmutableSandboxedEnvironment(
    autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def render_answer(entry: Entry, figures: Figures, language: str) -> str:
    """Render the answer in one of the languages; raises KeyError for an unknown figure."""
    template = entry.answer if language.startswith("zh") else entry.answer_en
    text = _compiled(template).render(figures=figures)
    return traditional(text) if language == "zh-hant" else text


@lru_cache(maxsize=1024)
def _compiled(template: str) -> Template:
    return _ENVIRONMENT.from_string(template)
