"""However somebody types it, the same thing is compared."""

import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from knowledge.entry import KnowledgeBase
from knowledge.normalise import LONGEST, Normaliser, cleaned
from knowledge.pinyin import folded_sounds, syllables_of
from knowledge.vocabulary import load_vocabulary, shipped_vocabulary

CASES = YAML(typ="safe").load(Path(__file__).with_name("normalise.yaml").read_text("utf-8"))


@pytest.fixture(scope="module")
def normalise(base: KnowledgeBase) -> Normaliser:
    phrasings = [asked for entry in base.entries.values() for asked in entry.questions]
    return Normaliser(shipped_vocabulary(), phrasings)


@pytest.mark.parametrize("case", CASES, ids=[case["say"] for case in CASES])
def test_what_is_typed_is_compared_as(normalise: Normaliser, case: dict[str, object]) -> None:
    said = normalise(str(case["say"]))
    assert said.text == case["means"]
    assert said.platforms == frozenset(case.get("platforms", ()))  # type: ignore[call-overload]
    assert said.elsewhere == case.get("elsewhere", False)


@given(st.text(max_size=3000))
def test_any_text_is_cleaned_to_a_bounded_one(text: str) -> None:
    clean = cleaned(text)
    assert len(clean) <= LONGEST
    assert clean == clean.lower()
    clean.encode("utf-8")


def test_a_character_that_grows_eighteenfold_does_not_grow_the_text() -> None:
    assert len(cleaned("\ufdfa" * 4096)) <= LONGEST


@given(st.text(alphabet=string.ascii_lowercase, min_size=1, max_size=100))
def test_letters_are_cut_into_syllables_without_losing_one(letters: str) -> None:
    found = syllables_of(letters)
    assert found is None or "".join(found) == letters


def test_characters_that_people_mix_up_sound_the_same() -> None:
    sounds = folded_sounds()
    for one, other in ("佣用", "是四", "音英", "帐账", "提体"):
        assert sounds[one] == sounds[other]
    assert sounds["京"] != sounds["东"]


def test_the_table_of_sounds_agrees_with_pypinyin() -> None:
    lazy_pinyin = pytest.importorskip("pypinyin").lazy_pinyin
    told = folded_sounds()
    for character in "佣金结算提现退款到账京东淘宝抖音拼多快手商家买家链接审核冻结扣回":
        sound = lazy_pinyin(character)[0].replace("zh", "z").replace("ch", "c").replace("sh", "s")
        assert told[character] == (sound[:-1] if sound.endswith("ng") else sound)


WORDS = """
platforms: {jd: {names: [京东], words: {京东联盟: 联盟}}}
elsewhere: [小红书]
fillers: [请问]
echoes: [那, 呢]
synonyms: [[佣金, 提成]]
"""


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (WORDS.replace("echoes: [那, 呢]\n", ""), "must hold echoes, elsewhere; restore"),
        (WORDS.replace("提成", "京东"), "京东; stands in two places"),
        (WORDS.replace("jd:", "amazon:"), "amazon; is no platform"),
        (WORDS.replace("[请问]", "请问"), "fillers; must be a list"),
        (WORDS.replace("提成", "GMV"), "GMV; is not in small letters"),
        (WORDS.replace("{京东联盟: 联盟}", "京东联盟"), "must be a mapping"),
    ],
)
def test_a_fault_among_the_words_is_named(broken: str, words: str) -> None:
    with pytest.raises(ValueError, match=r"synonyms\.yaml") as caught:
        load_vocabulary("synonyms.yaml", broken)
    for word in words.split("; "):
        assert word in str(caught.value)
