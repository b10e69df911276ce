"""The hint about own words: it sees what was taken over, in every script, and lets people's own sentences alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.appeals.pack import files_in_folder, load_pack
from campaign.letters.similarity import copied_share, is_mostly_copied, published_texts, runs_of
from campaign.settings import ROOT

APPEAL = load_pack("ua-61-21", files_in_folder(ROOT / "letters" / "ua-61-21"))
TEXTS = list(published_texts(APPEAL))
KNOWN = runs_of(TEXTS)

OWN = (
    "I am a nurse in Montréal, and every morning I ring my mother. Nobody should have to wonder where theirs is.",
    "My neighbour comes from Ürümqi. She has not heard from her brother in Xinjiang since 2017.",
    "Je suis professeure d’histoire, et mes élèves m’ont demandé ce que devient la famille de leur camarade.",
    "我是一名护士。我邻居的哥哥在新疆，她已经七年没有听到他的声音了，我每天都想到她。",
    "مەن بىر سېسترا، ھەر كۈنى ئانامغا تېلېفون قىلىمەن.",
)


@pytest.mark.parametrize("words", OWN)
def test_own_sentences_get_no_advice(words: str) -> None:
    assert not is_mostly_copied(words, KNOWN)


@pytest.mark.parametrize("text", [text for text in TEXTS if len(text) > 80], ids=lambda text: text[:20])
def test_every_sentence_of_the_appeal_is_recognised_in_every_language(text: str) -> None:
    assert copied_share(text, KNOWN) == 1.0


@pytest.mark.parametrize("shown", [str.upper, lambda text: text.replace(",", " –\n"), lambda text: f"  «{text}»!"])
def test_capitals_and_punctuation_hide_nothing(shown) -> None:
    text = "Since 2017 an estimated one million people or more have been detained there, mostly Uyghurs, Kazakhs"
    assert is_mostly_copied(shown(text), KNOWN)


def test_half_of_it_is_the_border() -> None:
    known = runs_of(["one two three four five"])
    copied, own = "one two three four five", "alpha beta gamma delta epsilon"
    assert copied_share(f"{copied} {own}", known) == 0.5
    assert is_mostly_copied(f"{copied} {own}", known)
    assert not is_mostly_copied(f"{copied} {own} zeta", known)


def test_fewer_than_five_words_in_a_row_are_no_copy() -> None:
    known = runs_of(["one two three four five six"])
    assert copied_share("one two three four", known) == 0.0
    assert copied_share("one two three four 5 six", known) == 0.0


def test_a_name_in_chinese_is_no_copy_and_a_sentence_is() -> None:
    known = runs_of(["谨就新疆维吾尔自治区失踪或遭到拘押的人士及其家属致信于您。"])
    assert copied_share("我爱维吾尔自治区的山。", known) == 0.0
    assert copied_share("新疆维吾尔自治区失踪或遭到拘押的人士", known) == 1.0


def test_no_run_goes_from_one_text_into_the_next() -> None:
    known = runs_of(["one two three", "four five six"])
    assert copied_share("one two three four five six", known) == 0.0


@pytest.mark.parametrize("words", ["", " ", "…", "👋🏽", "!?"])
def test_nothing_to_compare_is_nothing_copied(words: str) -> None:
    assert copied_share(words, KNOWN) == 0.0


def test_what_is_published_is_the_text_people_see_without_markup() -> None:
    whole = "\n".join(TEXTS)
    assert "I am writing about people missing or detained" in whole
    assert "release at once everyone held" in whole
    assert "It takes little to come under suspicion" in whole
    for mark in ("<p>", "((", "&amp;", "**"):
        assert mark not in whole


@given(st.text(max_size=300))
def test_any_text_has_a_share_between_nothing_and_all(words: str) -> None:
    assert 0.0 <= copied_share(words, KNOWN) <= 1.0
