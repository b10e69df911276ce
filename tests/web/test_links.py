"""The pages behind the links of a mail, as people without JavaScript and machines that follow every link see them."""

import re

import pytest
from sqlalchemy import func, select

from campaign.core.database import Base
from campaign.mail.outbox import ClaimedMail, open_mail
from campaign.mail.tables import StoredMail
from campaign.signatures import LinkPurpose, Signature, State, open_amendment
from campaign.signatures.tables import Amendment
from tests.links import link_to, only_id, state_of
from tests.visitor import SLUG, Visitor, form_token

LOST = {"appeal": SLUG, "email": "aygul@example.org"}


@pytest.fixture
def links(visitor, runtime):
    """What the mail to somebody who has just signed holds: the link to confirm and their own."""
    visitor.sign()
    row_id = only_id(runtime.database)
    return tuple(
        f"/{letter}/{link_to(runtime.database, row_id, purpose)}"
        for letter, purpose in (("c", LinkPurpose.CONFIRM), ("m", LinkPurpose.MANAGE))
    )


@pytest.fixture
def pressed(app):
    """Press the button of a page, in another browser than the one that signed."""

    def press(path, data=None, on=None):
        client = Visitor(app)
        token = form_token(client.get(on or path).text)
        return client.client.post(path, data={"csrf_token": token, **(data or {})})

    return press


def everything(runtime):
    with runtime.database.reading() as session:
        return {
            table.name: session.execute(select(table)).all()
            for table in Base.metadata.sorted_tables
            if table.name in {"signature", "link", "amendment", "outbox"}
        }


def test_opening_a_link_a_hundred_times_in_any_way_changes_nothing(app, runtime, links):
    before = everything(runtime)
    client = app.test_client()
    paths = [*links, f"{links[0]}/not-me", f"{links[1]}/withdraw"]
    for number in range(100):
        path = paths[number % len(paths)]
        method = ("GET", "HEAD", "OPTIONS")[number % 3]
        headers = {"Purpose": "prefetch", "Sec-Purpose": "prefetch;prerender"} if number % 2 else {}
        assert client.open(path, method=method, headers=headers).status_code == 200
    for method in ("PUT", "DELETE", "PATCH"):
        assert client.open(links[1], method=method).status_code in {400, 405}
    assert everything(runtime) == before


def test_the_page_to_confirm_has_one_button(visitor, links):
    page = visitor.get(links[0])
    assert page.text.count("<button") == 1
    assert "UA 61/21" in page.text


def test_the_button_confirms_in_another_browser_and_leads_on_to_the_letters(runtime, visitor, links, pressed):
    answer = pressed(links[0])
    assert (answer.status_code, answer.headers["Location"]) == (303, links[0])
    assert state_of(runtime.database, only_id(runtime.database)) is State.CONFIRMED
    page = visitor.get(links[0])
    assert "Your signature is confirmed" in page.text
    assert f"/{SLUG}/sign" in page.text
    assert "<button" not in page.text
    assert "It is confirmed, and it counts." in visitor.get(links[1]).text


SPOILT = {
    "unknown": lambda _path: "A" * 43,
    "cut": lambda path: path[:-1],
    "longer": lambda path: path + "A",
    "altered": lambda path: ("B" if path[0] == "A" else "A") + path[1:],
    "short": lambda _path: "x",
    "odd": lambda _path: "%00%ff",
}


@pytest.mark.parametrize("kind", SPOILT)
def test_a_link_that_opens_nothing_gets_the_same_page_whatever_the_reason(app, visitor, links, kind):
    expected = None
    for path, foreign in (links, links[::-1]):
        letter, token = path[1], path[3:]
        for broken in (SPOILT[kind](token), foreign[3:]):
            answer = visitor.get(f"/{letter}/{broken}")
            page = re.sub(r"/[cm]/[^?\"]*", "", answer.text)
            assert answer.status_code == 404
            assert "This link opens nothing" in page
            assert page == (expected := expected or page)
            posted = visitor.post(f"/{letter}/{broken}")
            assert posted.status_code == 404


def test_a_link_too_old_to_confirm_opens_nothing(visitor, clock, links):
    clock.advance(clock.moment - clock.moment.replace(day=12))  # nine days
    assert visitor.get(links[0]).status_code == 404
    assert visitor.get(links[1]).status_code == 200


def test_after_the_end_nobody_can_confirm_and_the_page_says_why(visitor, publish_changed, links, pressed, clock):
    publish_changed("time_zone =", "deadline = 2026-11-20\ntime_zone =")
    clock.advance(clock.moment - clock.moment.replace(day=20))
    for link in links:
        assert "until 24 hours after the appeal had closed" in visitor.get(link).text
    page = visitor.get(links[0]).text
    assert "<button" not in page, "no button that cannot work"
    assert f"{links[0]}/not-me" in page
    answer = pressed(links[0], on=f"{links[0]}/not-me")  # a page that had stayed open
    assert answer.status_code == 410
    assert "24 hours" in answer.text


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_pages_stay_with_their_link_in_every_language(visitor, links, lang):
    for path in (*links, "/m", "/m/sent", "/m/withdrawn", "/c/confirmed"):
        page = visitor.get(f"{path}?lang={lang}")
        assert f'lang="{lang}"' in page.text
        assert f"{path}?lang=fr" in page.text
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["X-Robots-Tag"] == "noindex"


def test_the_pages_lead_to_nobody_else(visitor, links):
    for path in (*links, f"{links[1]}/withdraw", f"{links[0]}/not-me"):
        assert not re.findall(r'(?:href|src|action)="(?:https?:)?//', visitor.get(path).text)


def test_choices_are_sealed_anew_and_only_the_newest_is_kept(runtime, visitor, key_pair, links, pressed):
    choices = [{"consent_show": "y"}, {}, {"consent_handover": "y"}]
    for data in choices:
        answer = pressed(links[1], data)
        assert answer.headers["Location"] == f"{links[1]}?saved=1"
    with runtime.database.reading() as session:
        row = session.execute(select(Amendment.__table__)).mappings().one()
        consents = open_amendment(key_pair.private, SLUG, only_id(runtime.database), row)
    assert row["n"] == 3
    assert (consents.count, consents.show, consents.handover) == (True, False, True)
    page = visitor.get(f"{links[1]}?saved=1")
    assert "Your choices are saved" in page.text
    assert "this page cannot show them" in page.text
    assert "checked" not in page.text, "a link without the own key can open none, so it shows none"


@pytest.mark.parametrize(("place", "more"), [(1, "/withdraw"), (0, "/not-me")])
def test_the_button_deletes_for_the_one_who_signed_and_the_one_who_did_not(
    runtime, visitor, links, pressed, place, more
):
    answer = pressed(links[place] + more)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/m/withdrawn")
    with runtime.database.reading() as session:
        assert session.execute(select(func.count()).select_from(Signature)).scalar_one() == 0
    assert not any(everything(runtime).values())
    assert "Your signature is gone" in visitor.get("/m/withdrawn").text
    for path in links:
        assert visitor.get(path).status_code == 404


def orders(runtime):
    with runtime.database.reading() as session:
        rows = session.execute(select(StoredMail.id, StoredMail.expires_at, StoredMail.tries, StoredMail.sealed))
        return [open_mail(runtime.keys.outbox_key, ClaimedMail(*row)) for row in rows]


@pytest.fixture
def mailing_site(runtime):
    """The same site with a mail server."""
    runtime.settings = runtime.settings.model_copy(
        update={"smtp_url": "smtp://127.0.0.1:9", "mail_from": "letters@example.org"}
    )


@pytest.mark.usefixtures("mailing_site")
def test_a_lost_link_is_ordered_alike_for_who_has_signed_and_who_has_not(app, runtime, visitor):
    visitor.sign()
    before = len(orders(runtime))
    answers = [Visitor(app).post("/m", {**LOST, "email": email}) for email in (LOST["email"], "nobody@example.org")]
    assert [one.status_code for one in answers] == [303, 303]
    assert answers[0].headers["Location"] == answers[1].headers["Location"] == "/m/sent"
    assert answers[0].data == answers[1].data
    found = [one for one in orders(runtime) if one["kind"] == "lost-link"]
    assert len(orders(runtime)) == before + 2
    assert {one["to"] for one in found} == {"aygul@example.org", "nobody@example.org"}
    with runtime.database.reading() as session:
        index = session.execute(select(Signature.address_index)).scalar_one().hex()
    assert [one["index"] == index for one in sorted(found, key=lambda one: one["to"])] == [True, False]
    assert "on its way" in visitor.get("/m/sent").text


@pytest.mark.usefixtures("mailing_site")
@pytest.mark.parametrize("changes", [{"email": ""}, {"email": "no address"}, {"appeal": "another"}])
def test_what_is_not_filled_in_is_said_and_nothing_is_ordered(runtime, visitor, changes):
    answer = visitor.post("/m", {**LOST, **changes})
    assert answer.status_code == 422
    assert "Please look at these points again" in answer.text
    assert orders(runtime) == []


@pytest.mark.usefixtures("mailing_site")
@pytest.mark.parametrize("appeal", [{}, {"appeal": "another"}])
def test_what_was_not_chosen_is_said_in_the_language_of_the_page(visitor, appeal):
    page = visitor.post("/m?lang=fr", {"email": LOST["email"], **appeal}).text
    assert "Not a valid choice" not in page
    assert visitor.post("/m", {"email": LOST["email"], **appeal}).text.count("Choose what you signed.") == 2


@pytest.mark.usefixtures("mailing_site")
def test_a_neighbourhood_that_asks_without_end_orders_no_more_and_is_told_nothing(app, runtime):
    visitor = Visitor(app)
    token = form_token(visitor.client.get("/m").text)
    answers = {visitor.client.post("/m", data={**LOST, "csrf_token": token}).data for _ in range(35)}
    assert len(answers) == 1
    assert len(orders(runtime)) == 30
    assert "thirty links an hour" in visitor.get("/m/sent").text  # said to everybody, whether it was reached or not
    through_tor = {"environ_overrides": {"REMOTE_ADDR": "fc00:dead:beef:4dad::7:9"}}
    assert visitor.client.post("/m", data={**LOST, "csrf_token": token}, **through_tor).status_code == 303
    assert len(orders(runtime)) == 31


def test_a_site_without_mail_does_not_pretend_to_send_any(runtime, visitor):
    page = visitor.get("/m")
    assert "no mail server" in page.text
    assert "<form" not in page.text
    assert visitor.post("/m", LOST).headers["Location"] == "/m"
    assert orders(runtime) == []


def test_after_signing_the_page_says_what_the_signature_counts_as(runtime, visitor, mailing_site):
    visitor.sign()
    page = visitor.get(f"/{SLUG}/letters").text
    assert "asks you to confirm" in page
    assert "No mail has come" in page
    runtime.settings = runtime.settings.model_copy(update={"smtp_url": ""})
    assert "counts as unverified" in visitor.get(f"/{SLUG}/letters").text
    visitor.letters_only()
