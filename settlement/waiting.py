"""What a date waits for, in words (zh, en), from forecast_words.yaml."""

from functools import cache, lru_cache

from settlement.forecast import Waiting
from settlement.yaml_text import mapping, one_text, only, packaged, whole_mapping

FILE = "forecast_words.yaml"
LANGUAGES = frozenset({"zh", "en"})


@lru_cache(maxsize=4096)
def in_words(waiting: Waiting, language: str) -> str:
    """Say what a date waits for, in English (en), else in simplified Chinese."""
    sentence = _sentences()[waiting.code]["en" if language == "en" else "zh"]
    return sentence.format(**dict(waiting.arguments))


@cache
def _sentences() -> dict[str, dict[str, str]]:
    return read_sentences(packaged(FILE), FILE)


def read_sentences(text: str, file: str) -> dict[str, dict[str, str]]:
    """Read the sentences by code and language. Raises RuleFileError."""
    sentences = {}
    for code, raw in whole_mapping(text, file).items():
        entry = mapping(raw, file, code)
        only(entry, LANGUAGES, file, code)
        sentences[code] = {
            language: one_text(entry.get(language), file, f"{code}.{language}")
            for language in sorted(LANGUAGES)
        }
    return sentences
