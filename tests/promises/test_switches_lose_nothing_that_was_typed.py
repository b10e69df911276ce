"""Emergency switches: every process sees them, every page says what to do instead, and nothing typed is lost."""

from html import unescape

import pytest

from campaign.abuse import Switch, turn
from campaign.app import create_app
from campaign.runtime import build_runtime
from campaign.signatures import LinkPurpose, State
from tests.abuse.solving import easy, solved
from tests.links import link_to, only_id, state_of
from tests.site import make_settings
from tests.visitor import JOURNEY, SLUG, Visitor, form_token

TYPED = (JOURNEY["name"], JOURNEY["email"], JOURNEY["address"], JOURNEY["words"])


@pytest.fixture
def switch(runtime):
    """Turn a switch on or off, a second ago."""

    def set_to(which: Switch, slug: str = "", *, on: bool = True) -> None:
        with runtime.database.unit_of_work() as session:
            turn(session, which, slug, on=on)
        runtime.forget()

    return set_to


def kept(answer) -> bool:
    return all(typed in unescape(answer.text) for typed in TYPED)


@pytest.mark.parametrize("slug", ["", SLUG])
def test_while_signing_is_paused_the_form_stays_and_letters_go_on(visitor, switch, slug):
    switch(Switch.PAUSE_SIGNING, slug)
    switch(Switch.PAUSE_SIGNING, slug)
    assert "Signing is paused" in visitor.get(f"/{SLUG}/sign").text
    answer = visitor.sign()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "120")
    assert kept(answer)
    assert "Signing is paused" in answer.text
    assert visitor.letters_only().status_code == 303
    switch(Switch.PAUSE_SIGNING, slug, on=False)
    assert visitor.sign().status_code == 303


def test_a_switch_for_one_appeal_leaves_the_others_alone(visitor, switch):
    switch(Switch.PAUSE_SIGNING, "another")
    assert visitor.sign().status_code == 303


def test_while_pdfs_are_paused_texts_and_mails_go_on(visitor, switch):
    visitor.sign()
    switch(Switch.PAUSE_PDFS)
    answer = visitor.get(f"/{SLUG}/letters/president.pdf")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "120")
    assert "as text or as an e-mail" in answer.text
    for name in ("president.txt", "president.eml"):
        assert visitor.get(f"/{SLUG}/letters/{name}").status_code == 200
    switch(Switch.PAUSE_PDFS, on=False)
    assert visitor.get(f"/{SLUG}/letters/president.pdf").status_code == 200


def test_while_only_pages_are_shown_every_other_address_leads_to_the_blank_letter(visitor, switch):
    visitor.sign()
    switch(Switch.STATIC_ONLY)
    for path in ("", "/count.json", "/sent", "/letters/blank", "/letters/blank/president.pdf"):
        assert visitor.get(f"/{SLUG}{path}").status_code == 200, path
    assert visitor.get("/safety").status_code == 200
    for path in (f"/{SLUG}/sign", f"/{SLUG}/letters", f"/{SLUG}/letters/president.txt", "/m"):
        answer = visitor.get(path)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "120"), path
        assert answer.headers["Cache-Control"] == "no-store"
    assert "Print a blank letter" in visitor.get(f"/{SLUG}/letters").text


@pytest.mark.parametrize("slug", ["", SLUG])
def test_while_only_pages_are_shown_the_links_of_mails_confirm_change_and_withdraw(runtime, visitor, switch, slug):
    database = runtime.database
    visitor.sign()
    row = only_id(database)
    confirm, own = (
        f"/c/{link_to(database, row, LinkPurpose.CONFIRM)}",
        f"/m/{link_to(database, row, LinkPurpose.MANAGE)}",
    )
    switch(Switch.STATIC_ONLY, slug)
    for path in (confirm, f"{confirm}/not-me", own, f"{own}/withdraw", f"{own}/name", "/m/withdrawn"):
        assert visitor.get(path).status_code == 200, path
    assert press(visitor, confirm) == 303
    assert state_of(database, row) is State.CONFIRMED
    assert press(visitor, own, consent_handover="y") == 303
    assert press(visitor, f"{own}/withdraw") == 303
    assert state_of(database, row) is None
    assert "links from our mails keep working" in visitor.get(f"/{SLUG}/letters").text


def press(visitor, path, **data):
    """Press the button of a page behind a link, whose form brings its own token; the sign form is paused."""
    token = form_token(visitor.get(path).text)
    return visitor.client.post(path, data={"csrf_token": token, **data}).status_code


def test_a_form_that_was_open_when_only_pages_are_shown_keeps_what_was_typed(visitor, switch):
    token = visitor.token()
    switch(Switch.STATIC_ONLY)
    for path in (f"/{SLUG}/sign", f"/{SLUG}/letters"):
        answer = visitor.client.post(path, data={**JOURNEY, "csrf_token": token})
        assert answer.status_code == 503
        assert kept(answer)
    switch(Switch.STATIC_ONLY, on=False)
    assert visitor.client.post(f"/{SLUG}/sign", data={**JOURNEY, "csrf_token": token}).status_code == 303


def test_forced_proof_of_work_asks_everybody_from_the_first_page_on(runtime, visitor, switch):
    easy(runtime)
    switch(Switch.FORCE_PROOF)
    page = visitor.get(f"/{SLUG}/sign").text
    assert 'data-needed="always"' in page
    answer = visitor.sign()
    assert answer.status_code == 429
    assert kept(answer)
    proof = solved(visitor.client.get("/proof.json").get_json())
    assert visitor.sign(proof=proof).status_code == 303


def test_another_process_sees_a_switch_and_the_setting_cannot_be_switched_off(runtime, switch, tmp_path, database_url):
    other = build_runtime(make_settings(tmp_path, database_url), runtime.clock)
    forced = build_runtime(make_settings(tmp_path, database_url, switches="pause-signing"), runtime.clock)
    assert Visitor(create_app(runtime=other)).sign().status_code == 303
    switch(Switch.PAUSE_SIGNING)
    other.forget()  # what a second does
    assert Visitor(create_app(runtime=other)).sign().status_code == 503
    switch(Switch.PAUSE_SIGNING, on=False)
    assert Visitor(create_app(runtime=forced)).sign().status_code == 503
    other.close()
    forced.close()
