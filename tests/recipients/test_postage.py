"""Postage hints: dated, with a source, honest about prices, and there for every country."""

import re
from pathlib import Path

import pytest

from campaign.core.errors import CampaignError
from campaign.recipients.countries import country_names
from campaign.recipients.postage import hint_for
from campaign.settings import ROOT

PATH = ROOT / "letters" / "directory" / "postage.toml"


@pytest.mark.parametrize("locale", ["en", "fr"])
def test_people_in_every_country_get_a_hint_in_their_language_with_a_source(locale):
    for country in country_names("en"):
        hint = hint_for(country, locale, PATH)
        assert hint.locale == locale
        assert hint.text
        assert hint.source


@pytest.mark.parametrize(("locale", "check"), [("en", "check the current price"), ("fr", "vérifiez le tarif actuel")])
def test_no_price_stands_without_its_year_and_the_advice_to_check_it(locale, check):
    hints = [hint_for(country, locale, PATH) for country in country_names("en")]
    priced = [hint for hint in hints if re.search(r"[$€£]|CHF", hint.text)]
    assert {hint.country for hint in priced} >= {"US", "DE", "CH"}
    for hint in priced:
        assert hint.as_of
        assert hint.as_of[:4] in hint.text
        assert check in hint.text


def test_a_country_with_a_text_of_its_own_gets_that_one():
    assert "CHF 2.50" in hint_for("CH", "en", PATH).text
    assert not hint_for("CH", "en", PATH).general
    assert hint_for("KZ", "en", PATH).general
    assert hint_for("KZ", "en", PATH).text == hint_for("TR", "en", PATH).text


def test_a_language_without_a_text_gets_english_and_says_so():
    hint = hint_for("US", "zh-Hans", PATH)
    assert (hint.locale, hint.text) == ("en", hint_for("US", "en", PATH).text)
    assert hint_for("US", "fr-CA", PATH).locale == "fr"


def test_there_is_no_hint_for_what_is_no_country_and_none_without_the_file(tmp_path):
    assert hint_for("XX", "en", PATH) is None
    assert hint_for("", "en", PATH) is None
    assert hint_for("US", "en", tmp_path / "postage.toml") is None


def test_without_a_general_text_other_countries_get_none(tmp_path):
    path = _written(tmp_path, '[countries.US]\nsource = "a"\ntext.en = "b"\n')
    assert hint_for("US", "en", path).text == "b"
    assert hint_for("FR", "en", path) is None


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("[other\n", "cannot be read"),
        ('[countries.XX]\nsource = "a"\ntext.en = "b"\n', "is not a country code"),
        ('[other]\nsource = "a"\ntext.fr = "b"\n', "needs a text in English"),
        ('[other]\ntext.en = "b"\n', "needs its source"),
        ('[other]\nsource = "a"\nas_of = "last year"\ntext.en = "b"\n', "as_of must be"),
        ("[countries]\nUS = 5\n", "needs a text in English"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(tmp_path, content, sentence):
    with pytest.raises(CampaignError, match=re.escape(sentence)) as error:
        hint_for("US", "en", _written(tmp_path, content))
    assert "postage.toml" in str(error.value)


def _written(folder: Path, content: str) -> Path:
    path = folder / "postage.toml"
    path.write_text(content, encoding="utf-8")
    return path
