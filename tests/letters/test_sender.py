"""The sender block: the supporter's own address, with town and country named once and never lost."""

import pytest

from tests.letters.builders import sample_letter


def test_the_sender_block_has_the_town_when_the_street_does_not_name_it() -> None:
    assert sample_letter(address="4321, rue Saint-Denis").sender[-2:] == ("Montréal", "Canada")
    assert sample_letter(address="").sender == ("Élodie Tremblay", "Montréal", "Canada")


@pytest.mark.parametrize(
    ("city", "typed"),
    [
        ("Bath", "1 Bath Road"),
        ("Bath", "Flat 2\n1 Bath Road"),
        ("Bath", "Bath House\n12a Bath Road, Bathwick"),
        ("York", "12 New York Street"),
        ("New York", "Suite 3\n1200 New York Avenue"),
        ("Ham", "5 Hamilton Lane\nHambledon"),
        ("Essen", "Am Essener Tor 4"),
        ("Reading", "12 Reading"),
        ("南京", "南京東路1號"),
        ("南京", "南京路1号"),
    ],
)
def test_a_street_called_like_the_town_does_not_stand_for_it(city: str, typed: str) -> None:
    letter = sample_letter(address=typed, city=city, country="GB")
    assert letter.sender == ("Élodie Tremblay", *typed.split("\n"), city, "United Kingdom")


@pytest.mark.parametrize(
    ("city", "typed"),
    [
        ("Bath", "1 Bath Road\nBath"),
        ("Bath", "1 Bath Road\nBATH BA1 1AA"),
        ("Bath", "1 Bath Road, Bath, Somerset"),
        ("Montréal", "4321, rue Saint-Denis\nMontréal QC  H2J 2K9"),
        ("Paris", "3, rue de Londres\n75011 Paris Cedex 11"),
        ("New York", "1200 Broadway\nNew York, NY 10001"),
        ("New York", "1200 Broadway\nNew York NY 10001-1234"),
        ("Sydney", "1 George Street\nSydney NSW 2000"),
        ("Zürich", "Langstrasse 1\nCH-8004 ZÜRICH"),
        ("Amsterdam", "Damrak 1\n1012 LG  Amsterdam"),
        ("Straßburg", "Gasse 1\n67000 STRASSBURG"),
        ("São Paulo", "Rua Augusta 1\nSão Paulo - SP"),
        ("北京", "北京市朝阳区建国路1号"),
        ("東京", "〒100-0001 東京都千代田区千代田1-1"),
    ],
)
def test_a_town_that_was_typed_in_the_address_is_not_named_twice(city: str, typed: str) -> None:
    letter = sample_letter(address=typed, city=city, country="GB")
    assert letter.sender == ("Élodie Tremblay", *typed.split("\n"), "United Kingdom")


def test_the_sender_block_does_not_name_the_country_twice() -> None:
    assert sample_letter(address="1 Main Street\nMontréal\nCANADA").sender[-2:] == ("Montréal", "CANADA")


@pytest.mark.parametrize(
    ("country", "last"),
    [("US", "U.S.A."), ("US", "New York, NY 10001, USA"), ("DE", "Bundesrepublik Deutschland"), ("CA", "加拿大")],
)
def test_the_country_may_have_been_typed_in_any_of_its_names(country: str, last: str) -> None:
    letter = sample_letter(address=f"1 Main Street\n{last}", country=country, city="")
    assert letter.sender == ("Élodie Tremblay", "1 Main Street", last)


def test_a_town_that_is_called_like_a_country_is_not_taken_for_one() -> None:
    letter = sample_letter(address="1 Main Street\nAtlanta, Georgia", country="US", city="")
    assert letter.sender[-2:] == ("Atlanta, Georgia", "United States")
