"""What a pack's check says of recipients and their addresses, before anybody prints one."""

import re

import pytest

from campaign.appeals.checks import RESERVED_IDS
from campaign.appeals.pack import files_in_folder, read_pack
from campaign.settings import ROOT

FILES = dict(files_in_folder(ROOT / "letters" / "ua-61-21"))
LAST = '"Xichangan\'jie Xichengqu, Beijing Shi 100017"'


def edited(old: str, new: str) -> dict[str, bytes]:
    text = FILES["appeal.toml"].decode()
    assert old in text, f"the pack no longer holds {old!r}"
    return {**FILES, "appeal.toml": text.replace(old, new, 1).encode()}


def line_with(files: dict[str, bytes], needle: str) -> int:
    lines = files["appeal.toml"].decode().splitlines()
    return next(number for number, line in enumerate(lines, start=1) if needle in line)


def advice(files: dict[str, bytes]) -> list[tuple[str, int, str]]:
    reading = read_pack("x", files)
    assert reading.errors == ()
    return [(one.file, one.line, one.message) for one in reading.problems]


@pytest.mark.parametrize("name", sorted(RESERVED_IDS))
def test_an_id_that_the_site_uses_itself_is_an_error_at_its_line(name: str) -> None:
    files = edited('id = "embassy"', f'id = "{name}"')
    files |= {f"{name}.{one}.md": files.pop(f"embassy.{one}.md") for one in ("en", "fr", "zh-Hans")}
    [problem] = [one for one in read_pack("x", files).errors if "address the program uses" in one.message]
    assert (problem.file, problem.line) == ("appeal.toml", line_with(files, f'id = "{name}"'))


def test_the_reserved_ids_are_the_names_in_the_sites_addresses(app) -> None:
    rule = re.compile(r"/<slug>/letters/(?:<recipient>/)?([a-z]+)(?:\.pdf|/.*)?")
    found = [(rule.fullmatch(one.rule), one) for one in app.url_map.iter_rules()]
    assert {match[1] for match, _ in found if match} - {"made", "sent"} == RESERVED_IDS


@pytest.mark.parametrize("tail", [f'{LAST}, "People\'s Republic of China"', f'{LAST[:-1]}, China"'])
def test_a_country_among_the_lines_would_be_printed_twice(tail: str) -> None:
    files = edited(LAST, tail)
    [(file, line, message)] = advice(files)
    assert (file, line) == ("appeal.toml", line_with(files, "lines = ["))
    assert "prints it once more" in message


def test_a_country_among_the_lines_that_is_not_the_addresss_own_is_named() -> None:
    [(_, _, message)] = advice(edited(LAST, f'{LAST}, "Mongolia"'))
    assert "another country than “country”, which is CN" in message


def test_an_address_of_one_line_is_doubted() -> None:
    text = FILES["appeal.toml"].decode()
    lines = text[text.index("lines = [") : text.index("]", text.index("lines = [")) + 1]
    [(_, _, message)] = advice(edited(lines, 'lines = ["President of the country"]'))
    assert "who, and one that says where" in message


def test_an_address_that_no_window_shows_is_doubted() -> None:
    [(_, _, message)] = advice(edited(LAST, f'"Room 12", "Second Floor", "North Wing", {LAST}'))
    assert "more than 8 lines of 38 characters" in message


def test_a_town_that_is_called_like_a_country_is_no_country() -> None:
    assert advice(edited(LAST, '"Atlanta, Georgia"')) == []
