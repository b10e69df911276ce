"""Where a letter goes, line by line."""

from dataclasses import replace
from datetime import date

import pytest

from campaign.letters.addressing import address
from campaign.letters.letter import Addressee
from campaign.recipients.directory import MissionsDirectory
from tests.letters.builders import EMBASSY, PRESIDENT, TODAY, envoy, mission, sample_directory

DIRECTORY = sample_directory()


def embassy(country: str, locale: str = "en", today: date = TODAY) -> Addressee:
    made = address(EMBASSY, country, locale, DIRECTORY, today)
    assert made is not None
    return made


def test_a_fixed_recipient_keeps_its_lines_and_gets_the_country_line_abroad() -> None:
    made = address(PRESIDENT, "CA", "en", DIRECTORY, TODAY)
    assert made is not None
    assert made.lines == PRESIDENT.lines
    assert made.local_line == "北京市西城区西长安街街道 100017"
    assert made.country_line == "PEOPLE'S REPUBLIC OF CHINA"
    assert made.postable


def test_the_country_line_of_a_fixed_recipient_is_in_the_letters_language() -> None:
    made = address(PRESIDENT, "FR", "fr", DIRECTORY, TODAY)
    assert made is not None
    assert made.country_line == "RÉPUBLIQUE POPULAIRE DE CHINE"


def test_a_chinese_letter_has_an_address_the_senders_post_office_can_read() -> None:
    made = address(PRESIDENT, "FR", "zh-Hans", DIRECTORY, TODAY)
    assert made is not None
    assert made.country_line == "PEOPLE'S REPUBLIC OF CHINA"


def test_without_one_in_the_pack_the_country_line_is_the_countrys_name_in_capitals() -> None:
    made = address(replace(PRESIDENT, country_line={}), "CA", "fr", DIRECTORY, TODAY)
    assert made is not None
    assert made.country_line == "CHINE"


def test_a_letter_posted_inside_the_country_names_no_country() -> None:
    made = address(PRESIDENT, "CN", "en", DIRECTORY, TODAY)
    assert made is not None
    assert made.country_line == ""


def test_the_canadian_block_is_the_documents_with_the_present_name() -> None:
    made = embassy("CA")
    assert made.lines == (
        "His Excellency Wang Di",
        "Ambassador",
        "Embassy of the People's Republic of China",
        "515 St. Patrick Street",
        "Ottawa, ON K1N 5H3",
    )
    assert made.country_line == ""
    assert made.postable


def test_a_name_that_is_no_longer_fresh_is_not_printed() -> None:
    made = embassy("CA", today=date(2027, 12, 13))
    assert made.lines[:2] == ("The Ambassador", "Embassy of the People's Republic of China")


def test_without_a_known_honorific_the_name_has_the_short_one() -> None:
    assert embassy("KZ").lines[:2] == ("H.E. Han Chunlin", "Ambassador")
    assert embassy("KZ", "fr").lines[:2] == ("S.E. Han Chunlin", "Ambassadeur")


def test_a_mission_is_addressed_in_french_in_a_french_letter() -> None:
    assert embassy("FR", "fr").lines == (
        "S.E. M. Deng Li",
        "Ambassadeur",
        "Ambassade de la République populaire de Chine",
        "20, rue Monsieur",
        "75007 Paris",
    )


@pytest.mark.parametrize(("today", "title"), [(TODAY, "L'Ambassadrice"), (date(2028, 1, 1), "L'Ambassadeur")])
def test_a_french_letter_names_a_woman_s_post_also_in_the_line_of_copies(today: date, title: str) -> None:
    head = envoy("Guo Xiaomei", "Her Excellency", date(2025, 12, 12))
    directory = MissionsDirectory({("CN", "EE"): mission("EE", "Juhkentali 24", city="Tallinn", envoy=head)}, {})
    made = address(EMBASSY, "EE", "fr", directory, today)
    assert made is not None
    assert made.title == f"{title} de la République populaire de Chine, Tallinn"


def test_without_a_name_the_letter_goes_to_the_office() -> None:
    assert embassy("ES").lines[0] == "The Ambassador"
    assert embassy("ES", "fr").lines[0] == "L'Ambassadeur"


def test_a_mission_in_a_chinese_letter_is_addressed_in_latin_script_and_titled_in_chinese() -> None:
    made = embassy("CA", "zh-Hans")
    assert made.lines[2] == "Embassy of the People's Republic of China"
    assert made.title == "中华人民共和国驻加拿大大使"


def test_a_mission_across_a_border_gets_a_country_line() -> None:
    assert embassy("SM").country_line == "ITALY"
    assert embassy("SM", "fr").country_line == "ITALIE"
    assert embassy("AD").country_line == "SPAIN"


def test_an_office_is_led_by_a_charge_or_a_head_never_an_ambassador() -> None:
    assert embassy("LT").lines[0] == "The Chargé d'Affaires"
    assert embassy("PS", "fr").lines == ("Le Chef du bureau", "Bureau de la République populaire de Chine")


@pytest.mark.parametrize("country", ["LT", "PS", "IQ"])
def test_a_doubtful_or_missing_address_is_not_printed(country: str) -> None:
    assert not embassy(country).postable


def test_a_doubtful_address_is_handed_out_in_no_form() -> None:
    assert embassy("LT").lines == (
        "The Chargé d'Affaires",
        "Office of the Chargé d'Affaires of the People's Republic of China",
    )
    assert embassy("LT").country_line == ""


def test_a_mission_without_a_street_keeps_its_e_mail() -> None:
    assert embassy("IQ").email == "chinaemb_iq@mfa.gov.cn"


def test_where_no_mission_serves_nobody_is_guessed() -> None:
    assert address(EMBASSY, "TW", "en", DIRECTORY, TODAY) is None


def test_a_state_without_a_written_long_name_is_named_in_english_in_a_french_letter() -> None:
    recipient = replace(EMBASSY, mission="TR")
    one = replace(next(iter(DIRECTORY.missions("CN"))), state="TR")
    directory = type(DIRECTORY)({("TR", "CA"): one}, {})
    made = address(recipient, "CA", "fr", directory, TODAY)
    assert made is not None
    assert "Embassy of Türkiye" in made.lines
    assert made.title == "The Ambassador of Türkiye, Ottawa"


def test_a_chosen_embassy_gets_a_country_line_unless_it_lies_where_the_letter_is_posted() -> None:
    abroad = address(EMBASSY, "CA", "fr", DIRECTORY, TODAY, mission_country="ES")
    at_home = address(EMBASSY, "IT", "en", DIRECTORY, TODAY, mission_country="SM")
    assert abroad is not None
    assert (abroad.lines[-1], abroad.country, abroad.country_line) == ("28043 Madrid", "ES", "ESPAGNE")
    assert at_home is not None
    assert (at_home.lines[-1], at_home.country_line) == ("00198 Roma", "")


def test_a_choice_says_nothing_about_a_fixed_address() -> None:
    assert address(PRESIDENT, "CA", "en", DIRECTORY, TODAY, mission_country="FR") == address(
        PRESIDENT, "CA", "en", DIRECTORY, TODAY
    )
