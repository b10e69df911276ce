"""What is printed in letters can be drawn, or the pack is told off before it is published, and no supporter is."""

from datetime import date

import pytest

from campaign.appeals.editions import Shelf, publish
from campaign.appeals.pack import PackError, files_in_folder, load_pack, read_pack
from campaign.letters import uncovered
from campaign.settings import ROOT

FILES = dict(files_in_folder(ROOT / "letters" / "ua-61-21"))
DAY = date(2026, 11, 21)
FIST = "✊"
RARE = "𠮷"
SENTENCE = "so nobody could print a letter with it: write it in another way."
FIRST = "id,name,facts.en,facts.fr,facts.zh-Hans,source,consent,url"


def edited(name, old, new):
    text = FILES[name].decode()
    assert old in text, f"the pack no longer holds {old!r}"
    return {**FILES, name: text.replace(old, new, 1).encode()}


def errors(files):
    return [(one.file, one.line, one.message) for one in read_pack("x", files, undrawable=uncovered).errors]


def line_with(files, name, needle):
    rows = files[name].decode().split("\n")
    return next(number for number, row in enumerate(rows, start=1) if needle in row)


def test_everything_printed_in_our_own_letters_can_be_drawn():
    for folder in sorted(path.parent for path in (ROOT / "letters").glob("*/appeal.toml")):
        assert read_pack(folder.name, files_in_folder(folder), undrawable=uncovered).errors == ()


@pytest.mark.parametrize("old", ["Subject: ", "Salutation: ", "Closing: ", "((words))"])
def test_a_line_of_a_letter_that_no_font_can_draw_is_an_error_that_names_the_character(old):
    files = edited("president.en.md", old, f"{old}{FIST} " if ":" in old else f"Stand {FIST}\n\n{old}")
    told = f"No font here has “{FIST}” (U+270A), {SENTENCE}"
    assert errors(files) == [("president.en.md", line_with(files, "president.en.md", FIST), told)]


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('text.fr = "garantir', f'text.fr = "{FIST} garantir', "text"),
        ('  "Zhongnanhai"', f'  "Zhongnanhai {RARE}"', "lines"),
        ('local_line = "北京', f'local_line = "{RARE}北京', "local_line"),
        ('country_line.en = "People', f'country_line.en = "{FIST}People', "country_line"),
        ('fax = "011', f'fax = "{FIST}011', "fax"),
        ('title.zh-Hans = "习', f'title.zh-Hans = "{RARE}习', "title"),
    ],
)
def test_what_the_table_gives_to_be_printed_is_looked_through_as_well(old, new, key):
    files = edited("appeal.toml", old, new)
    [(file, line, message)] = errors(files)
    assert (file, line) == ("appeal.toml", line_with(files, "appeal.toml", new))
    assert message.startswith(f"“{key}”: No font here has “")
    assert message.endswith(SENTENCE)


@pytest.mark.parametrize(
    ("name", "old"),
    [
        ("page.en.md", "\n"),  # a page is drawn by the reader's own browser
        ("appeal.toml", 'reason.en = "'),
        ("appeal.toml", 'title.en = "The Ambassador'),  # a mission is named by the directory
        ("appeal.toml", '\nen = "'),  # the page's title
        ("appeal.toml", 'name = "Peiwu'),
        ("appeal.toml", 'reference = "UA'),  # no letter has ((reference))
    ],
)
def test_what_no_letter_prints_may_hold_any_character(name, old):
    assert errors(edited(name, old, f"{old}{FIST}")) == []


def test_a_reference_is_printed_where_a_letter_names_it():
    files = {**edited("appeal.toml", 'reference = "UA', f'reference = "{FIST} UA')}
    files["embassy.fr.md"] = files["embassy.fr.md"].replace(b"((words))", b"Voir ((reference)).\n\n((words))")
    [(file, line, message)] = errors(files)
    assert (file, line) == ("appeal.toml", line_with(files, "appeal.toml", FIST))
    assert message.startswith("“reference”: ")


def test_the_name_and_the_facts_of_a_case_are_looked_through_row_by_row():
    files = edited("president.en.md", "((words))", "((case))\n\n((words))")
    sound = f'one,Sample Person,"Detained,\nit is said.",Une phrase.,一句话。,update,yes,https://example.org/{FIST}'
    rows = [FIRST, sound, f"two,Other {FIST},Held.,Une phrase.,一句话。,update,yes,"]
    rows.append(f"three,Third,Held.,Une phrase.,一{RARE}。,update,yes,")
    files["cases.csv"] = "\n".join(rows).encode()
    assert [(file, line, message[:24]) for file, line, message in errors(files)] == [
        ("cases.csv", 4, f"No font here has “{FIST}” (U+"),
        ("cases.csv", 5, f"No font here has “{RARE}” (U+"),
    ]
    unused = {**files, "president.en.md": FILES["president.en.md"]}
    assert errors(unused) == []


@pytest.mark.parametrize("copied", ["\u2028", "\x0b", "\x92"])
def test_the_invisible_signs_of_word_processors_are_named_by_their_number(copied):
    files = edited("president.en.md", "Subject: ", f"Subject: {copied}")
    told = f"No font here has U+{ord(copied):04X}, {SENTENCE}"
    assert errors(files) == [("president.en.md", 1, told)]
    files = edited("appeal.toml", '  "Zhongnanhai"', f'  "Zhongnanhai\\u{ord(copied):04X}"')
    assert errors(files) == [("appeal.toml", line_with(files, "appeal.toml", "lines = ["), f"“lines”: {told}")]


def test_each_character_is_named_where_it_stands_first_and_many_are_counted():
    files = edited("president.en.md", "((words))", f"{FIST}\n\n{FIST}{RARE}\n\n((words))")
    first = line_with(files, "president.en.md", FIST)
    assert [(line, RARE in message) for _, line, message in errors(files)] == [(first, False), (first + 2, True)]
    many = "".join(map(chr, range(0x12000, 0x1200D)))
    [(_, _, message)] = errors(edited("president.en.md", "((words))", f"{many}\n\n((words))"))
    assert message.count("U+") == 10
    assert " and 3 more, so nobody" in message


def test_a_character_is_found_also_where_the_table_has_other_mistakes():
    files = edited("president.en.md", "Subject: ", f"Subject: {FIST}")
    for old, new in (("issued = ", "isued = "), ("[[recipient]]", "[[recipient]"), ("reference = ", "#")):
        toml = files["appeal.toml"].replace(old.encode(), new.encode(), 1)
        assert ("president.en.md", 1) in [(file, line) for file, line, _ in errors({**files, "appeal.toml": toml})]


def test_a_pack_that_cannot_be_drawn_is_not_published_and_what_is_published_stays_readable(database):
    files = edited("president.en.md", "Subject: ", f"Subject: {FIST}")
    with pytest.raises(PackError, match="U\\+270A"), database.unit_of_work() as session:
        publish(session, "x", files, DAY, undrawable=uncovered)
    assert Shelf(database).get("x") is None
    with database.unit_of_work() as session:
        publish(session, "x", files, DAY)  # as a version of the program did that had not looked
    assert Shelf(database).get("x").edition == 1
    assert load_pack("x", files).letters["president", "en"].subject.startswith(FIST)
