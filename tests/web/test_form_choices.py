"""What a supporter may choose beyond the defaults: one more letter, another embassy; and the help with own words."""

import io
import json
import re
from dataclasses import dataclass
from html import unescape
from typing import ClassVar

import pytest
from pypdf import PdfReader

from campaign.appeals.editions import publish
from campaign.signatures import open_draft
from campaign.web.public.forms import SignForm
from campaign.web.public.offers import language_name, offer_of
from tests.drafts import save_draft
from tests.site import FILES
from tests.visitor import SLUG, Visitor

ON_SQLITE_ALONE = "Pages know nothing of the database; what they store is tested in its rooms on both kinds."

EXTRA = "high-commissioner"
EN = {"Accept-Language": "en"}


@pytest.mark.parametrize(
    ("code", "name"),
    [("en", "English"), ("zh-Hans", "中文 (简体)"), ("de", "Deutsch"), ("pt-BR", "Português (Brasil)"), ("x", "x")],
)
def test_every_language_of_letters_has_its_own_name(code, name):
    assert language_name(code) == name


def option(page: str, value: str, name: str) -> str:
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="{value}"[^>]*>', page)
    assert found, f"{name} does not offer {value}"
    return found.group(0)


def selected(page: str, name: str) -> str:
    box = re.search(rf'<select[^>]*name="{name}".*?</select>', page, re.DOTALL)
    assert box
    found = re.search(
        r'<option[^>]*selected[^>]*value="([^"]*)"|<option[^>]*value="([^"]*)"[^>]*selected', box.group(0)
    )
    return (found.group(1) or found.group(2) or "") if found else ""


def pages_of_all(visitor) -> int:
    return len(PdfReader(io.BytesIO(visitor.get(f"/{SLUG}/letters/all.pdf").data)).pages)


def test_the_country_the_appeal_is_about_is_never_guessed_from_the_language_of_a_browser(visitor):
    assert selected(visitor.get(f"/{SLUG}/sign", headers={"Accept-Language": "zh-CN,zh;q=0.9"}).text, "country") == ""
    assert selected(visitor.get(f"/{SLUG}/sign", headers={"Accept-Language": "fr-CA"}).text, "country") == "CA"


@pytest.mark.parametrize("sent", ["off", "no", "0", "false", "", "n", "whatever"])
def test_only_a_ticked_box_is_a_consent(visitor, sent):
    answer = visitor.sign(consent_count=sent)
    assert answer.status_code == 422
    assert "checked" not in option(answer.text, "y", "consent_count")


@pytest.mark.parametrize("sent", ["y", "on", "1", "true", "Yes"])
def test_a_ticked_box_may_be_sent_in_any_usual_way(visitor, sent):
    assert visitor.sign(consent_count=sent).status_code == 303


@pytest.mark.parametrize(("sent", "named"), [("y", False), ("ja", False), ("off", True), ("", True)])
def test_a_name_is_left_out_for_anything_but_a_no(visitor, sent, named):
    visitor.sign(without_name=sent)
    assert ("Aygül" in visitor.get(f"/{SLUG}/letters/president.txt").text) is named


def test_what_was_sent_for_a_box_is_not_shown_again(visitor):
    assert "a\u202eb" not in visitor.sign(without_email="a\u202eb", name="").text


def test_the_further_letter_is_offered_with_its_reason_and_not_ticked(visitor):
    page = visitor.get(f"/{SLUG}/sign", headers=EN).text
    assert "checked" not in option(page, EXTRA, "recipients")
    assert "The UN High Commissioner for Human Rights. The update of July 2022" in page
    assert 'name="recipients"' not in page.replace(option(page, EXTRA, "recipients"), "")


def test_without_the_tick_nobody_else_is_written_to(visitor):
    visitor.sign()
    assert "Palais des Nations" not in visitor.get(f"/{SLUG}/letters").text
    assert pages_of_all(visitor) == 2


def test_with_the_tick_there_is_a_third_letter_that_no_other_letter_mentions(visitor):
    visitor.sign(recipients=[EXTRA])
    assert "Palais des Nations" in visitor.get(f"/{SLUG}/letters").text
    assert pages_of_all(visitor) == 3
    letter = visitor.get(f"/{SLUG}/letters/{EXTRA}.txt").text
    assert "Dear High Commissioner," in letter
    assert "1211 Geneva 10\nSWITZERLAND" in letter
    assert "cc:" not in letter
    assert "I am a nurse" in letter
    for other in ("president", "embassy"):
        assert "Commissioner" not in visitor.get(f"/{SLUG}/letters/{other}.txt").text


@pytest.mark.parametrize("locale", ["en", "fr", "zh-Hans"])
def test_the_third_letter_is_one_page_in_every_language(visitor, locale):
    visitor.sign(recipients=[EXTRA], locale=locale)
    pdf = visitor.get(f"/{SLUG}/letters/{EXTRA}.pdf")
    assert len(PdfReader(io.BytesIO(pdf.data)).pages) == 1


def test_the_consent_to_a_handover_names_only_those_everybody_writes_to(visitor):
    page = visitor.get(f"/{SLUG}/sign", headers=EN).text
    consent = next(line for line in unescape(page).splitlines() if "Hand my name and country" in line)
    assert "Commissioner" not in consent


def test_another_embassy_gets_the_letter_and_the_page_says_so(visitor):
    visitor.sign(embassy_country="FR", address="")
    page = unescape(visitor.get(f"/{SLUG}/letters", headers=EN).text)
    assert "You chose the embassy for France instead of the one for Canada, where you live." in page
    assert "it is chosen by the country you live in" not in page
    letter = visitor.get(f"/{SLUG}/letters/embassy.txt").text
    assert "Paris" in letter
    assert "FRANCE" in letter
    assert "Montréal, Canada" in letter
    pdf = PdfReader(io.BytesIO(visitor.get(f"/{SLUG}/letters/embassy.pdf").data))
    assert round(float(pdf.pages[0].mediabox.width)) == 612, "the paper is Canada's"


def test_choosing_the_embassy_of_ones_own_country_is_no_choice(visitor):
    visitor.sign(embassy_country="CA")
    page = visitor.get(f"/{SLUG}/letters", headers=EN).text
    assert "You chose" not in page
    assert "515 St. Patrick Street" in page


def test_where_no_embassy_serves_the_page_says_that_another_can_be_chosen(visitor):
    visitor.sign(country="BT")
    assert "You can choose another embassy" in visitor.get(f"/{SLUG}/letters", headers=EN).text
    visitor.sign(country="BT", embassy_country="IN")
    assert "New Delhi" in visitor.get(f"/{SLUG}/letters/embassy.txt").text


@pytest.mark.parametrize(
    ("field", "value"),
    [("recipients", ["president"]), ("recipients", ["nobody"]), ("embassy_country", "ZZ"), ("embassy_country", "BT")],
)
def test_what_the_lists_do_not_offer_is_refused_and_everything_typed_stays(visitor, field, value):
    response = visitor.sign(**{field: value})
    assert response.status_code == 422
    assert "in the list." in response.text
    for typed in ("Aygül Qadir", "12 Rue Principale", "I am a nurse"):
        assert typed in response.text


def test_the_choices_survive_a_mistake_elsewhere_and_the_way_back_to_the_form(visitor):
    chosen = {"recipients": [EXTRA], "embassy_country": "FR"}
    wrong = visitor.sign(**chosen, email="not an address").text
    visitor.sign(**chosen)
    for page in (wrong, visitor.get(f"/{SLUG}/sign").text):
        assert "checked" in option(page, EXTRA, "recipients")
        assert selected(page, "embassy_country") == "FR"
        assert selected(page, "country") == "CA"


def test_a_pack_without_optional_recipients_shows_no_such_field(visitor, publish_changed):
    publish_changed("optional = true", "optional = false")
    assert 'name="recipients"' not in visitor.get(f"/{SLUG}/sign").text
    visitor.sign()
    assert pages_of_all(visitor) == 3


def test_a_pack_without_embassies_offers_none(visitor, publish_changed):
    publish_changed('mission = "CN"', 'lines = ["A street"]\ncountry = "CA"')
    assert 'name="embassy_country"' not in visitor.get(f"/{SLUG}/sign").text
    assert visitor.sign().status_code == 303


def test_the_page_of_the_appeal_says_which_letter_is_only_written_on_request(visitor):
    page = visitor.get(f"/{SLUG}", headers=EN).text
    assert page.count("This letter is only written if you tick it on the form.") == 1
    assert "Palais des Nations" in page


def test_own_words_come_with_questions_and_with_the_room_there_is(visitor):
    page = visitor.get(f"/{SLUG}/sign", headers=EN).text
    assert "Not sure what to write?" in page
    rooms = json.loads(unescape(re.search(r'data-rooms="([^"]*)"', page).group(1)))
    assert set(rooms) == {"en", "fr", "zh-Hans"}
    assert all(room["words"] >= 0 and room["mail"] >= 0 for room in rooms.values())
    assert rooms["en"]["words"] > 0


@pytest.fixture
def with_cases(runtime, clock) -> None:
    people = {"one": "First Sample", "two": "Second Sample"}
    first = "id,name,facts.en,facts.fr,facts.zh-Hans,source,consent"
    rows = [f"{key},{name},Some facts.,Des faits.,事实。,update,yes" for key, name in people.items()]
    letter = FILES["president.en.md"].replace(b"((words))", b"((case))\n\n((words))")
    files = {**FILES, "president.en.md": letter, "cases.csv": "\n".join((first, *rows)).encode()}
    with runtime.database.unit_of_work() as session:
        publish(session, SLUG, files, clock.now().date())
    runtime.shelf.forget()


def test_a_supporter_may_choose_whose_case_to_write_about(visitor, with_cases):
    assert "Second Sample" in visitor.get(f"/{SLUG}/sign").text
    visitor.sign(case="two")
    letter = visitor.get(f"/{SLUG}/letters/president.txt").text
    assert "Second Sample\nSome facts." in letter
    assert "First Sample" not in letter
    assert visitor.sign(case="three").status_code == 422


def test_a_case_nobody_chose_is_the_one_with_the_fewest_letters(app, visitor, with_cases, count_now):
    visitor.sign(case="one")
    count_now()
    for expected in ("Second", "First or Second"):
        another = Visitor(app)
        another.letters_only(case="")
        named = re.search("(First|Second) Sample", another.get(f"/{SLUG}/letters/president.txt").text).group(1)
        assert named in expected
        count_now()


def test_a_letter_that_is_changed_within_its_hour_counts_once_for_its_case(visitor, with_cases, count_now, runtime):
    visitor.sign(case="one")
    visitor.sign(case="one", words="Changed.")
    count_now()
    assert runtime.cases_given(SLUG) == {"one": 1}
    visitor.sign()  # a supporter who leaves the choice to us gets the other one now
    assert "Second Sample" in visitor.get(f"/{SLUG}/letters/president.txt").text


def test_between_two_countings_the_case_is_drawn_by_lot_and_stays_the_same_for_the_draft(visitor, with_cases):
    drawn = set()
    for _ in range(40):  # 40 draws of one and the same: once in 500,000,000,000 runs
        visitor.sign()
        letters = {visitor.get(f"/{SLUG}/letters/president.txt").text for _ in range(2)}
        assert len(letters) == 1
        drawn |= {name for name in ("First", "Second") if f"{name} Sample" in next(iter(letters))}
    assert drawn == {"First", "Second"}


def test_a_pack_without_cases_shows_no_such_field(visitor):
    assert 'name="case"' not in visitor.get(f"/{SLUG}/sign").text


@dataclass(frozen=True)
class _OldValues:
    """The letter values as drafts held them before there was anything to choose."""

    country: str
    locale: str
    name: str = "Aygül"
    without_name: bool = False
    city: str = ""
    address: str = ""
    demands: tuple[str, ...] = ("release",)
    words: str = ""
    case: ClassVar[str] = ""  # not among what is saved: such a draft counts for no case


def test_a_draft_of_the_version_before_still_opens(runtime, clock):
    with runtime.saving() as session:
        token = save_draft(session, SLUG, _OldValues("CA", "en"), clock.now())
    with runtime.database.reading() as session:
        draft = open_draft(session, token, clock.now())
    assert draft is not None
    assert (draft.values.name, draft.values.demands) == ("Aygül", ("release",))
    assert (draft.values.recipients, draft.values.mission_country) == ((), "")
    assert (draft.values.case, draft.values.translated) == ("", False)


def test_forms_in_two_languages_do_not_mix(app, runtime):
    book = runtime.published(SLUG)
    forms = []
    for locale in ("fr", "en"):
        with app.test_request_context(f"/{SLUG}/sign?lang={locale}"):
            offer = offer_of(book.appeal, runtime.directory, locale)
            forms.append(SignForm(book.appeal, offer, locale, ""))
    french, english = forms
    assert french.consent_count.label.text.startswith("Comptez")
    assert english.consent_count.label.text.startswith("Count")
    assert french.name is not english.name
