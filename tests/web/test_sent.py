"""Saying "I have sent it", and the totals that everybody may see."""

from datetime import timedelta

import pytest

from campaign.signatures import record_letter, totals
from campaign.signatures.showing import APART, FIRST_STEP
from tests.visitor import SLUG, Visitor

ON_SQLITE_ALONE = "Pages know nothing of the database; what they store is tested in its rooms on both kinds."

LETTERS = f"/{SLUG}/letters"


def reported(runtime) -> dict[str, int]:
    with runtime.database.reading() as session:
        letters = totals(session, SLUG).letters
    return {f"{who} {how}": n for (who, how), n in letters.items() if how.startswith("reported-")}


def record(runtime, clock, recipient: str, channel: str, times: int) -> None:
    with runtime.database.unit_of_work() as session:
        for _ in range(times):
            record_letter(session, SLUG, clock.now().date(), recipient, channel)


def test_each_way_is_counted_and_answered_with_thanks(visitor, runtime, count_now):
    visitor.sign()
    for way in ("post", "email", "fax", "hand"):
        answer = visitor.post(f"{LETTERS}/embassy/sent", {"way": way})
        assert answer.status_code == 303
        assert answer.headers["Location"] == f"{LETTERS}#embassy-sent"
    page = visitor.get(LETTERS).text
    for thanks in ("You posted it.", "You e-mailed it.", "You faxed it.", "You delivered it by hand."):
        assert page.count(thanks) == 1
    assert 'id="embassy-sent"' in page
    count_now()
    assert reported(runtime) == {f"embassy reported-{way}": 1 for way in ("post", "email", "fax", "hand")}


def test_a_second_click_gets_the_same_thanks_and_counts_nothing(visitor, runtime, count_now):
    visitor.sign()
    answers = [visitor.post(f"{LETTERS}/president/sent", {"way": "post"}) for _ in range(2)]
    assert {(one.status_code, one.headers["Location"]) for one in answers} == {(303, f"{LETTERS}#president-sent")}
    count_now()
    assert reported(runtime) == {"president reported-post": 1}


def test_what_was_reported_has_no_button_any_more(visitor):
    visitor.sign()
    assert visitor.get(LETTERS).text.count('value="post"') == 2
    visitor.post(f"{LETTERS}/president/sent", {"way": "post"})
    assert visitor.get(LETTERS).text.count('value="post"') == 1


@pytest.mark.parametrize("again", ["sign", "letters_only"])
def test_letters_that_are_changed_are_counted_once_still(visitor, runtime, count_now, again):
    visitor.sign()
    visitor.post(f"{LETTERS}/president/sent", {"way": "post"})
    getattr(visitor, again)(words="I am a nurse, and I have changed my letter.")
    page = visitor.get(LETTERS).text
    assert page.count('value="post"') == 1
    assert "You posted it." in page
    visitor.post(f"{LETTERS}/president/sent", {"way": "post"})
    count_now()
    assert reported(runtime) == {"president reported-post": 1}


def test_letters_that_were_cleared_can_be_reported_again(visitor):
    visitor.sign()
    visitor.post(f"{LETTERS}/president/sent", {"way": "post"})
    visitor.post(f"{LETTERS}/clear")
    visitor.sign()
    assert visitor.get(LETTERS).text.count('value="post"') == 2


def test_two_people_count_twice(app, runtime, count_now):
    for _ in range(2):
        visitor = Visitor(app)
        visitor.letters_only()
        visitor.post(f"{LETTERS}/president/sent", {"way": "email"})
    count_now()
    assert reported(runtime) == {"president reported-email": 2}


@pytest.mark.parametrize(
    ("recipient", "way"),
    [("president", "pigeon"), ("president", ""), ("president", "reported-post"), ("nobody", "post"),
     ("president", "hand")],
)  # fmt: skip
def test_a_way_that_does_not_exist_is_not_counted(visitor, runtime, count_now, recipient, way):
    visitor.sign()
    assert visitor.post(f"{LETTERS}/{recipient}/sent", {"way": way}).status_code == 404
    count_now()
    assert reported(runtime) == {}


def test_without_a_letter_there_is_nothing_to_report(visitor, clock, runtime, count_now):
    assert visitor.post(f"{LETTERS}/president/sent", {"way": "post"}).status_code == 410
    visitor.sign()
    clock.advance(timedelta(minutes=61))
    assert visitor.post(f"{LETTERS}/president/sent", {"way": "post"}).status_code == 410
    count_now()
    assert reported(runtime) == {}


def test_reporting_needs_the_token_of_the_form(visitor, runtime, count_now):
    visitor.sign()
    assert visitor.client.post(f"{LETTERS}/president/sent", data={"way": "post"}).status_code == 400
    count_now()
    assert reported(runtime) == {}


def test_the_page_of_totals_has_three_numbers_for_each_recipient(visitor, runtime, clock, show_now):
    record(runtime, clock, "president", "pdf", 1_234)
    record(runtime, clock, "president", "mailto", 40)
    record(runtime, clock, "president", "copy", 2)
    record(runtime, clock, "president", "webmail", 1)
    for way in ("post", "email", "fax", "hand"):
        record(runtime, clock, "president", f"reported-{way}", 5)
    show_now()
    page = visitor.get(f"/{SLUG}/sent").text
    figures = [part.split("<")[0] for part in page.split('<span class="figure">')[1:4]]
    assert figures == ["1,200", "30", "10"]
    french = visitor.get(f"/{SLUG}/sent?lang=fr").text
    assert "1\u202f200" in french


def test_the_numbers_are_read_and_never_counted_by_the_request(visitor, runtime, clock, show_now):
    record(runtime, clock, "president", "pdf", 55)
    assert 'class="figure">50<' not in visitor.get(f"/{SLUG}/sent").text
    show_now()
    visitor.a_second_later()
    assert 'class="figure">50<' in visitor.get(f"/{SLUG}/sent").text


@pytest.mark.parametrize(
    ("times", "shown"), [(0, None), (1, None), (FIRST_STEP, None), (FIRST_STEP + APART, FIRST_STEP)]
)
def test_a_small_number_is_not_told_not_even_none(visitor, runtime, clock, show_now, times, shown):
    record(runtime, clock, "president", "reported-post", times)
    show_now()
    told = visitor.get(f"/{SLUG}/sent.json").json
    assert told["first_step"] == FIRST_STEP
    assert next(one for one in told["recipients"] if one["id"] == "president")["reported"] == shown
    page = visitor.get(f"/{SLUG}/sent").text
    assert 'class="figure">0<' not in page
    assert (f'class="figure">{shown}<' in page) == (shown is not None)


def test_json_and_page_say_what_each_number_is_and_is_not(visitor):
    meanings = visitor.get(f"/{SLUG}/sent.json").json["meanings"]
    assert set(meanings) == {"generated", "opened", "reported"}
    page = visitor.get(f"/{SLUG}/sent").text
    for meaning in meanings.values():
        assert meaning in page
    assert "Nobody has checked it" in meanings["reported"]
    assert "does not say that anything was sent" in meanings["opened"]


@pytest.mark.parametrize("path", ["sent", "sent.json"])
def test_the_totals_are_the_same_for_everybody_and_set_no_cookie(visitor, path):
    visitor.sign()
    response = visitor.get(f"/{SLUG}/{path}")
    assert "Set-Cookie" not in response.headers
    assert response.headers["Cache-Control"].startswith("public")
    assert "Accept-Language" in response.headers["Vary"]
    again = visitor.get(f"/{SLUG}/{path}", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304
    assert visitor.get(f"/nobody/{path}").status_code == 404
