"""A postal address answers questions about itself, and prints what was printed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.recipients.address import PostalAddress, Window, width

# The shapes in which urgent actions print addresses: (as printed, lines without the country, country).
PRINTED = [
    ("Zhongnanhai\nXichangan'jie Xichengqu, Beijing Shi 100017\nPeople's Republic of China", 2, "CN"),
    ("Secretaría de Seguridad\nTegucigalpa, Honduras", 2, "HN"),
    ("Office of the Supreme Leader\nTehran, IRAN", 2, "IR"),
    ("Palacio de Justicia\nBogotá, D.C., Colombia", 2, "CO"),
    ("Jr. Carabaya s/n\nLima 1, PERU", 2, "PE"),
    ("P. Bag 7700\nCauseway, Harare, Zimbabwe", 2, "ZW"),
    ("General Directorate\nKızılay/Ankara/TÜRKİYE", 2, "TR"),
    ("Palais de la Nation\nKinshasa, Democratic Republic of Congo", 2, "CD"),
    ("Ministry of Public Security\nHanoi\nViet Nam.", 2, "VN"),
    ("Präsidialamt\n100017 Peking – Volksrepublik China", 2, "CN"),
    ("Kremlin\nMoscow 103132 Russian Federation", 2, "RU"),
    ("Presidencia\nGuatemala City, Guatemala", 2, "GT"),
    ("515 St. Patrick Street\nOttawa, ON K1N 5H3\nCanada", 2, "CA"),
]
UNSURE = [
    "No. 1 Prison\nGuangdongsheng 519000",
    "515 St. Patrick Street\nOttawa, ON K1N 5H3",
    "Board of Pardons\nAtlanta, Georgia",
    "Présidence\nBrazzaville, Congo",
    "Corte Suprema\nCalle 50, Panamá",
    "A Ministry\nChina 100017",
    "A governor\nSacramento, CA",
]

printable = st.text(st.characters(exclude_categories=("C", "Z")) | st.sampled_from(" ,;/-"), max_size=50)


@pytest.mark.parametrize(("printed", "above", "country"), PRINTED)
def test_the_country_is_found_wherever_urgent_actions_print_it(printed, above, country):
    lines, code = PostalAddress(printed).split_country()
    assert code == PostalAddress(printed).country == country
    assert len(lines) == above
    assert all(line in printed for line in lines)


def test_the_town_stays_when_its_country_goes_to_a_line_of_its_own():
    assert PostalAddress("Secretaría\nTegucigalpa, Honduras").split_country() == (("Secretaría", "Tegucigalpa"), "HN")
    assert PostalAddress("Palacio\nBogotá, D.C., Colombia").lines_without_country[-1] == "Bogotá, D.C."


@pytest.mark.parametrize("printed", UNSURE)
def test_an_address_without_a_sure_country_comes_back_whole(printed):
    address = PostalAddress(printed)
    assert address.split_country() == (address.lines, None)


@pytest.mark.parametrize(("last", "alone"), [("HONDURAS", True), ("Gracias, Honduras", False), ("Gracias", False)])
def test_a_country_line_holds_the_country_alone(last, alone):
    assert PostalAddress(["A ministry", last]).last_line_is_country_alone is alone


def test_blanks_commas_and_empty_lines_go_and_nothing_else():
    address = PostalAddress("  The Ambassador, \r\n\n 515  St. Patrick Street ,\n\t\nOttawa,  ON K1N 5H3")
    assert address.lines == ("The Ambassador", "515 St. Patrick Street", "Ottawa, ON K1N 5H3")
    assert PostalAddress(address.lines) == address


def test_an_empty_address_answers_too():
    address = PostalAddress(" \n,\n")
    assert address.is_empty
    assert address.country is None
    assert address.longest_line == address.care_of == ""
    assert not address.has_enough_lines
    assert address.fits(Window())


def test_two_lines_and_a_country_are_enough_and_one_is_not():
    assert PostalAddress("A ministry\nHarare\nZimbabwe").has_enough_lines
    assert not PostalAddress("A ministry\nZimbabwe").has_enough_lines


def test_seven_lines_and_a_country_fit_a_window_and_eight_do_not():
    seven = [f"Line {number} of it" for number in range(7)]
    assert PostalAddress([*seven, "CHINA"]).fits(Window())
    assert not PostalAddress([*seven, "one more", "CHINA"]).fits(Window())


@pytest.mark.parametrize(
    ("line", "house"),
    [
        ("c/o Embassy of Honduras", "Embassy of Honduras"),
        ("[c/o] Embassy of Honduras", "Embassy of Honduras"),
        ("C/O: the Ministry", "the Ministry"),
        ("℅ the Ministry", "the Ministry"),
        ("c/- the Ministry", "the Ministry"),
        ("Care of the Ministry", "the Ministry"),
        ("aux bons soins de l'ambassade", "l'ambassade"),
        ("c/o", "Next line"),
        ("C/ Arturo Soria 113", ""),
        ("Coal Board", ""),
    ],
)
def test_care_of_is_seen_in_all_its_forms(line, house):
    assert PostalAddress(["A minister", line, "Next line"]).care_of == house


@pytest.mark.parametrize(
    ("line", "local"),
    [
        ("北京市西城区西长安街街道 100017", True),
        ("ул. Ильинка, 23", True),
        ("Ferit Recai Ertuğrul", False),
        ("№ 5", False),
        ("79 Yahyo Gʻulomov Street", False),
        ("Calle 5, 1ª planta, nº 3", False),
        ("서울특별시", True),
    ],
)
def test_a_line_in_the_script_of_the_place_is_seen(line, local):
    assert PostalAddress(["Zhongnanhai", line, "CHINA"]).has_local_script_line is local


def test_a_chinese_character_is_as_wide_as_two_letters():
    assert width("北京 100017") == 11
    assert PostalAddress(["北京市西城区", "Zhongnanhai"]).longest_line == "北京市西城区"


def test_a_long_line_continues_at_a_comma_and_loses_nothing():
    line = "The Office of the Supreme Leader, Islamic Republic Street – End of Shahid Keshvar Doust Street"
    wrapped = PostalAddress([line]).wrapped(38)
    assert wrapped[0] == "The Office of the Supreme Leader,"
    assert " ".join(wrapped) == line
    assert all(width(part) <= 38 for part in wrapped)


def test_a_line_is_broken_at_a_comma_rather_than_where_the_room_ends():
    wrapped = PostalAddress(["Av. Orinoco con Calle Monterrey, Urb. Las Mercedes"]).wrapped(38)
    assert wrapped == ("Av. Orinoco con Calle Monterrey,", "Urb. Las Mercedes")


def test_a_word_longer_than_the_window_does_not_fit_and_is_not_cut():
    address = PostalAddress(["Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch", "UK"])
    assert address.wrapped(38)[0] == address.lines[0]
    assert not address.fits(Window())


def test_continued_lines_count_against_the_lines_of_a_window():
    address = PostalAddress(["Del cruce de Santa Marta, carretera hacia el Cristo", "San José", "COSTA RICA"])
    assert address.fits(Window(38, 4))
    assert not address.fits(Window(38, 3))


@given(st.lists(printable, max_size=10))
def test_lines_are_never_reordered_and_never_cut(raw):
    address = PostalAddress(raw)
    kept = [line for line in (" ".join(one.split()).strip(" ,;") for one in raw) if line]
    assert [line.strip(" ,;") for line in address.lines] == kept
    assert PostalAddress(address.lines) == address == PostalAddress("\n".join(address.lines))


@given(st.lists(printable, max_size=10), st.integers(1, 60))
def test_wrapping_keeps_every_word_in_its_place(raw, characters):
    address = PostalAddress(raw)
    wrapped = address.wrapped(characters)
    assert " ".join(wrapped).split() == " ".join(address.lines).split()
    assert all(width(part) <= characters or " " not in part for part in wrapped)


@given(st.lists(printable, max_size=6), st.sampled_from(["Honduras", "IRAN", "中国", "Türkei", "USA"]))
def test_a_country_line_added_below_is_split_off_again(raw, country):
    above = PostalAddress(raw)
    assert PostalAddress([*above.lines, country]).split_country()[0] == above.lines
