"""The pages of the public list, and those behind the links of a mail that lead into it and out again."""

import re

import pytest
from sqlalchemy import select

from campaign.core.text import clean_line
from campaign.signatures import LinkPurpose, open_signature
from campaign.signatures.public_names import BATCH, NameState, decide_names, listed_names, put_name, release_names
from campaign.signatures.tables import Amendment, Signature
from tests.links import link_to, only_id
from tests.names import confirmed
from tests.naughty import NAUGHTY, encoded
from tests.visitor import SLUG, Visitor, checked, form_token

FORM = "application/x-www-form-urlencoded"
GIVEN = {"shown_name": "Aygül Q.", "agreed": "y"}


@pytest.fixture
def links(visitor, runtime):
    """The two pages of somebody who has signed, to give a name on."""
    visitor.sign(consent_show="y")
    row_id = only_id(runtime.database)
    return [
        f"/{letter}/{link_to(runtime.database, row_id, purpose)}"
        for letter, purpose in (("c", LinkPurpose.CONFIRM), ("m", LinkPurpose.MANAGE))
    ]


@pytest.fixture
def signed(app, links):
    """The same, after the button to confirm was pressed."""
    assert Visitor(app).post(links[0]).status_code == 303
    return links


def listed(runtime):
    with runtime.database.reading() as session:
        return listed_names(session, SLUG)


def let_out(runtime, others=BATCH - 1):
    """Let the names that wait come out, together with others."""
    for row_id in confirmed(runtime.database, others):
        with runtime.database.unit_of_work() as session:
            put_name(session, runtime.keys.row_key, SLUG, row_id, f"Other {row_id.hex()[:8]}")
    with runtime.database.unit_of_work() as session:
        decide_names(session, SLUG, [one.id for one in listed_names(session, SLUG)], NameState.APPROVED)
        release_names(session, SLUG)
    runtime.forget()


@pytest.mark.parametrize("place", [0, 1])
def test_a_name_is_given_behind_either_link_and_waits(app, runtime, signed, place):
    visitor = Visitor(app)
    assert f'href="{signed[place]}/name"' in visitor.get(signed[place]).text
    answer = visitor.post(f"{signed[place]}/name", GIVEN)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{signed[place]}/name")
    (one,) = listed(runtime)
    assert (one.name, one.state) == ("Aygül Q.", NameState.WAITING)
    page = visitor.get(f"{signed[1 - place]}/name").text
    assert "<bdi>Aygül Q.</bdi>" in page, "every link of a signature leads to its name"
    assert "It waits until the organisers have looked at it." in page
    assert visitor.get(f"/{SLUG}/names").status_code == 404


def test_before_the_button_was_pressed_nobody_is_asked_and_nothing_is_kept(app, runtime, links):
    for link in links:
        page = Visitor(app).get(f"{link}/name")
        assert page.status_code == 200
        assert 'name="shown_name"' not in page.text
        assert Visitor(app).post(f"{link}/name", GIVEN).status_code == 303
    assert listed(runtime) == []


@pytest.mark.parametrize(
    "changes",
    [{"shown_name": ""}, {"shown_name": "12345"}, {"shown_name": "aygul@example.org"}, {"shown_name": "x" * 61},
     {"shown_name": "see https://example.org"}, {"agreed": ""}],
)  # fmt: skip
def test_what_cannot_be_shown_is_said_and_kept_on_the_page(app, runtime, signed, changes):
    answer = Visitor(app).post(f"{signed[1]}/name", {**GIVEN, **changes})
    assert answer.status_code == 422
    assert "Please look at these points again" in answer.text
    assert f'value="{changes.get("shown_name", "Aygül Q.")}"' in answer.text
    assert listed(runtime) == []


@pytest.mark.parametrize("place", [0, 1])
def test_who_loses_the_token_of_the_form_finds_the_name_on_the_page_and_sends_it_once_more(app, runtime, signed, place):
    client = Visitor(app).client
    again = checked(client.post(f"{signed[place]}/name", data={**GIVEN, "csrf_token": "x"}))
    assert again.status_code == 400
    assert "Please send it once more" in again.text
    assert 'value="Aygül Q."' in again.text
    assert re.search(r'<input checked[^>]*name="agreed"', again.text)
    assert listed(runtime) == []
    sent = client.post(f"{signed[place]}/name", data={**GIVEN, "csrf_token": form_token(again.text)})
    assert sent.status_code == 303
    assert [one.name for one in listed(runtime)] == ["Aygül Q."]


def test_a_name_sent_to_a_link_that_opens_nothing_is_kept_nowhere(app, runtime, signed):
    for token in ("x", form_token(Visitor(app).get(f"{signed[1]}/name").text)):
        for link in ("/m/", "/c/"):
            answer = Visitor(app).client.post(f"{link}{'A' * 43}/name", data={**GIVEN, "csrf_token": token})
            assert answer.status_code == 400
    assert Visitor(app).post(f"/m/{'A' * 43}/name", GIVEN).status_code == 404
    assert listed(runtime) == []


def test_a_name_is_taken_out_by_nobody_without_the_forms_token(app, runtime, signed):
    Visitor(app).post(f"{signed[0]}/name", GIVEN)
    for data in ({"take_out": "1"}, {"take_out": "1", **GIVEN}):
        assert Visitor(app).client.post(f"{signed[0]}/name", data=data).status_code == 400
    assert len(listed(runtime)) == 1


def test_what_is_typed_is_cleaned_and_stays_text(app, runtime, signed):
    Visitor(app).post(f"{signed[1]}/name", {**GIVEN, "shown_name": " \u202eAygül\u200b <b>Q</b> {{7*7}} "})
    let_out(runtime)
    page = Visitor(app).get(f"/{SLUG}/names").text
    assert "<bdi>Aygül &lt;b&gt;Q&lt;/b&gt; {{7*7}}</bdi>" in page


def test_any_string_is_refused_with_a_page_or_listed_as_text(app, runtime, signed):
    visitor = Visitor(app)
    token = visitor.token()
    kept = set()
    for value in NAUGHTY:
        body = encoded({**GIVEN, "shown_name": value, "csrf_token": token})
        answer = visitor.client.post(f"{signed[1]}/name", data=body, content_type=FORM)
        assert answer.status_code in {303, 413, 422}, value[:50]
        if answer.status_code == 303:
            (one,) = listed(runtime)
            assert one.name == clean_line(one.name)
            kept.add(one.name)
    assert len(kept) > 100
    assert visitor.get(f"{signed[1]}/name").status_code == 200


def test_the_list_is_the_same_for_everybody_is_kept_by_caches_and_found_by_no_search(app, runtime, signed):
    Visitor(app).post(f"{signed[0]}/name", GIVEN)
    let_out(runtime)
    visitor = Visitor(app)
    visitor.sign(email="other@example.org")
    page = visitor.get(f"/{SLUG}/names")
    assert page.status_code == 200
    assert page.text.count("<bdi>") == BATCH
    assert "<bdi>Aygül Q.</bdi>" in page.text
    assert "Set-Cookie" not in page.headers
    assert page.headers["Cache-Control"].startswith("public")
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert Visitor(app).get(f"/{SLUG}/names?lang=en").data == visitor.get(f"/{SLUG}/names?lang=en").data
    for path in (f"/{SLUG}", f"/{SLUG}/sent"):
        visitor.a_second_later()
        assert f'href="/{SLUG}/names"' in visitor.get(path).text


def test_no_page_speaks_of_a_list_that_is_empty(visitor, runtime, signed):
    for path in (f"/{SLUG}", f"/{SLUG}/sent"):
        assert f"/{SLUG}/names" not in visitor.get(path).text
    assert visitor.get("/nobody/names").status_code == 404


@pytest.mark.parametrize("place", [0, 1])
def test_a_button_takes_the_name_out_at_once(app, runtime, signed, place):
    visitor = Visitor(app)
    visitor.post(f"{signed[0]}/name", GIVEN)
    let_out(runtime)
    assert "It stands in the public list." in visitor.get(f"{signed[place]}/name").text
    assert visitor.post(f"{signed[place]}/name", {"take_out": "1"}).status_code == 303
    assert "Aygül Q." not in visitor.get(f"/{SLUG}/names").text
    assert "Your name here now" not in visitor.get(f"{signed[place]}/name").text


def test_choices_saved_without_the_tick_take_the_name_out_too(app, runtime, signed):
    visitor = Visitor(app)
    visitor.post(f"{signed[1]}/name", GIVEN)
    visitor.post(signed[1], {"consent_show": "y"})
    assert len(listed(runtime)) == 1
    visitor.post(signed[1], {"consent_handover": "y"})
    assert listed(runtime) == []


def test_who_withdraws_leaves_the_list(app, runtime, signed):
    visitor = Visitor(app)
    visitor.post(f"{signed[0]}/name", GIVEN)
    let_out(runtime, others=BATCH)
    assert "Aygül Q." in visitor.get(f"/{SLUG}/names").text
    assert visitor.post(f"{signed[1]}/withdraw").status_code == 303
    visitor.a_second_later()
    page = visitor.get(f"/{SLUG}/names")
    assert "Aygül Q." not in page.text
    assert page.text.count("<bdi>") == BATCH


def test_the_name_that_was_signed_with_is_sealed_and_suggested_to_nobody(app, runtime, signed, key_pair):
    for link in signed:
        assert "Qadir" not in Visitor(app).get(f"{link}/name").text
    with runtime.database.reading() as session:
        row = session.execute(select(Signature.__table__)).mappings().one()
        assert session.execute(select(Amendment.__table__)).all() == []
    assert open_signature(key_pair.private, row).consents.show


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_page_stays_with_its_link_in_every_language(visitor, signed, lang):
    for link in signed:
        page = visitor.get(f"{link}/name?lang={lang}")
        assert f'lang="{lang}"' in page.text
        assert f"{link}/name?lang=fr" in page.text
        assert page.headers["Cache-Control"] == "no-store"
