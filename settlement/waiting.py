"""What a date waits for, in words (zh, en), from forecast_words.yaml."""

from functools import cache, lru_cache

from settlement.forecast import Waiting
from settlement.yaml_text import load, mapping, one_text, only, packaged

FILE = "forecast_words.yaml"
LANGUAGES = frozenset({"zh", "en"})


@lru_cache(maxsize=4096)
def in_words(waiting: Waiting, language: str) -> str:
    """Say what a date waits for, in English (en), else in simplified Chinese."""
    sentence = _sentences()[waiting.code]["en" if language == "en" else "zh"]
    return sentence.format(**dict(waiting.arguments))


@cache
def _sentences() -> dict[str, dict[str, str]]:
    top = mapping(load(packaged(FILE), FILE), FILE, "the whole file")
    sentences = {}
    for code, raw in top.items():
        entry = mapping(raw, FILE, code)
        only(entry, LANGUAGES, FILE, code)
        sentences[code] = {
            language: one_text(entry.get(language), FILE, f"{code}.{language}")
            for language in sorted(LANGUAGES)
        }
    return sentences
