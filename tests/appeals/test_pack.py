"""Reading a pack: every mistake is found before a supporter can meet it, with file and line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.appeals import pack_format
from campaign.appeals.definition import Paragraph, Role, Slot, Span
from campaign.appeals.pack import PackError, files_in_folder, from_zip, load_pack, read_pack, to_zip
from campaign.appeals.placeholders import BLOCKS, INLINE, unknown_inline
from campaign.settings import ROOT

FOLDER = ROOT / "letters" / "ua-61-21"


@pytest.fixture
def files() -> dict[str, bytes]:
    return dict(files_in_folder(FOLDER))


def edited(files: dict[str, bytes], name: str, old: str, new: str) -> dict[str, bytes]:
    text = files[name].decode()
    assert old in text, f"{name} no longer holds {old!r}"
    return {**files, name: text.replace(old, new, 1).encode()}


def line_with(files: dict[str, bytes], name: str, needle: str) -> int:
    return next(n for n, line in enumerate(files[name].decode().splitlines(), start=1) if needle in line)


def test_the_pack_of_ua_61_21_has_no_problem_at_all(files):
    reading = read_pack("ua-61-21", files)
    assert reading.problems == ()
    assert reading.appeal.reference == "UA 61/21"


def test_the_president_is_addressed_as_the_document_prints_it(files):
    president = load_pack("ua-61-21", files).recipient("president")
    assert president.role is Role.TARGET
    assert president.lines[-1] == "Xichangan'jie Xichengqu, Beijing Shi 100017"
    assert president.local_line == "北京市西城区西长安街街道 100017"
    assert (president.fax, president.fax_e164) == ("011 86 10 6238 1025", "+861062381025")
    assert president.email == "english@mail.gov.cn"


def test_the_document_gives_no_closing_date_and_none_is_invented(files):
    assert load_pack("ua-61-21", files).deadline is None


def test_a_misspelt_key_is_an_error_at_its_line(files):
    bad = edited(files, "appeal.toml", 'reference = "UA 61/21"', 'referense = "UA 61/21"')
    problems = read_pack("x", bad).errors
    assert {(one.file, one.message) for one in problems} == {
        ("appeal.toml", "The key “reference” is missing."),
        ("appeal.toml", "There is no key “referense”; is it misspelt?"),
    }
    assert any(one.line == line_with(bad, "appeal.toml", "referense") for one in problems)


def test_an_unknown_placeholder_is_an_error_at_its_line(files):
    bad = edited(files, "president.en.md", "Thank you", "Thank you ((nmae)) ")
    [problem] = read_pack("x", bad).errors
    assert (problem.file, problem.line) == ("president.en.md", line_with(bad, "president.en.md", "((nmae))"))
    assert "There is no placeholder ((nmae))" in problem.message


def test_an_unknown_placeholder_in_the_subject_is_an_error(files):
    bad = edited(files, "president.en.md", "Subject: ", "Subject: ((demands)) ")
    assert [problem.line for problem in read_pack("x", bad).errors] == [1]


def test_every_error_is_reported_at_once(files):
    bad = edited(files, "embassy.fr.md", "Salutation:", "Salut:")
    bad = edited(bad, "appeal.toml", 'source = "update"', 'source = "nowhere"')
    del bad["page.fr.md"]
    found = {problem.file for problem in read_pack("x", bad).errors}
    assert found == {"appeal.toml", "embassy.fr.md", "page.fr.md"}


def test_a_recipient_without_a_salutation_is_an_error(files):
    bad = edited(files, "president.fr.md", "Salutation: Monsieur le Président,", "Salutation:")
    assert "Salutation" in read_pack("x", bad).errors[0].message


def test_a_locale_promised_but_not_written_is_an_error_at_the_text_that_lacks_it(files):
    bad = edited(files, "appeal.toml", 'text.fr = "faire savoir', 'text.de = "faire savoir')
    [problem] = read_pack("x", bad).errors
    assert problem.message == "There is no text for “fr” here."
    assert problem.line == line_with(bad, "appeal.toml", "text.de") - 1


def test_html_pictures_tables_and_headings_are_refused_in_letters(files):
    for markup in ("# Heading", "> quote", "![x](http://127.0.0.1/x.png)", "1. one", "```\ncode\n```", "---"):
        bad = {**files, "president.en.md": files["president.en.md"] + f"\n\n{markup}\n".encode()}
        reading = read_pack("x", bad)
        if reading.appeal is None:
            assert "paragraphs" in reading.errors[0].message
        else:  # pictures are simply not a thing here: the text stays text
            assert "![x]" in str(reading.appeal.letters["president", "en"].blocks[-1])


def test_html_in_a_letter_stays_text(files):
    sly = {**files, "president.en.md": files["president.en.md"] + b"\n\n<script>alert(1)</script>\n"}
    last = load_pack("x", sly).letters["president", "en"].blocks[-1]
    assert last == Paragraph((Span("<script>alert(1)</script>"),))


def test_the_page_is_rendered_without_html_scripts_or_pictures(files):
    text = b"## Heading\n\n<script>alert(1)</script> [a](javascript:alert(1)) ![p](http://127.0.0.1/p.png)\n"
    html = load_pack("x", {**files, "page.en.md": text}).pages["en"]
    assert "<h3>Heading</h3>" in html
    for forbidden in ("<script", "<img", 'href="javascript', "src="):
        assert forbidden not in html


def test_demands_and_own_words_have_places_of_their_own(files):
    for letter in load_pack("x", files).letters.values():
        assert Slot("demands") in letter.blocks
        assert Slot("words") in letter.blocks


def test_a_block_placeholder_inside_a_sentence_is_an_error(files):
    bad = edited(files, "president.en.md", "Thank you", "((words)) Thank you")
    assert "must stand alone" in read_pack("x", bad).errors[0].message


def test_broken_toml_and_bytes_that_are_not_text_are_said_with_their_line(files):
    broken = {**files, "appeal.toml": b'format = 1\nreference = "x\n'}
    assert read_pack("x", broken).errors[0].line == 2
    assert "UTF-8" in str(read_pack("x", {**files, "page.en.md": b"ok\n\xff\xfe"}).errors)


def test_a_letter_longer_than_a_page_is_advised_against(files):
    long = {**files, "president.en.md": files["president.en.md"] + b"\n\n" + b"word " * 300}
    [advice] = read_pack("x", long).problems
    assert not advice.fatal
    assert "a page holds 250" in advice.message


def test_an_email_address_that_could_carry_a_second_recipient_is_refused(files):
    for address in ("a@b.cn,c@d.cn", "a@b.cn\\nBcc: c@d.cn", "<a@b.cn>"):
        bad = edited(files, "appeal.toml", "english@mail.gov.cn", address)
        assert read_pack("x", bad).appeal is None


def test_a_pack_without_its_main_file_says_so():
    with pytest.raises(PackError, match="every pack needs one"):
        load_pack("x", {"page.en.md": b"text"})


def test_a_zip_gives_back_the_same_files_and_the_same_bytes(files):
    assert from_zip(to_zip(files)) == files
    assert to_zip(files) == to_zip(dict(reversed(files.items())))


@given(st.dictionaries(st.sampled_from(["appeal.toml", "page.en.md", "president.en.md"]), st.binary(max_size=300)))
def test_no_bytes_whatever_break_the_reader(files):
    assert read_pack("x", files).appeal is None


@given(st.text(alphabet="(){}ab-<>&; \n", max_size=60))
def test_only_known_placeholders_pass(text):
    assert all(name not in INLINE | BLOCKS or name in BLOCKS for name in unknown_inline(text))


def test_every_key_of_the_format_is_explained_to_campaigners():
    documented = (ROOT / "letters" / "README.md").read_text(encoding="utf-8")
    tables = [model for name, model in vars(pack_format).items() if name.endswith("Table") and name != "_Table"]
    missing = [
        f"{model.__name__}.{key}" for model in tables for key in model.model_fields if f"`{key}" not in documented
    ]
    assert missing == []


def test_a_recipient_is_written_to_by_everybody_unless_the_pack_says_otherwise(files):
    optional = {one.id: one.optional for one in load_pack("x", files).recipients}
    assert optional == {"president": False, "embassy": False, "high-commissioner": True}


def test_an_appeal_whose_only_target_is_optional_is_an_error(files):
    bad = edited(files, "appeal.toml", 'role = "target"', 'role = "target"\noptional = true')
    assert any("not be optional" in one.message for one in read_pack("x", bad).errors)


def test_an_optional_recipient_needs_a_letter_in_every_language_too(files):
    del files["high-commissioner.fr.md"]
    assert [one.file for one in read_pack("x", files).errors] == ["high-commissioner.fr.md"]


def test_a_pack_in_which_nobody_has_a_fixed_address_is_an_error(files):
    text = files["appeal.toml"].decode()
    start, end = text.index("lines = ["), text.index("]", text.index("lines = [")) + 1
    bad = {**files, "appeal.toml": f'{text[:start]}mission = "CN"{text[end:]}'.encode()}
    assert any("needs a fixed address" in one.message for one in read_pack("x", bad).errors)
