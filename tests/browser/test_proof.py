"""Proof of work in a real browser: calculated beside the page, under the strict policy, and never asked for twice."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from sqlalchemy import select

from campaign.abuse import Proofs, Switch, read_limits, turn
from campaign.signatures import Signature, State
from tests.browser.test_journeys import fill_in, sign
from tests.visitor import SLUG

pytestmark = pytest.mark.browser


@pytest.fixture
def quick(runtime):
    """Ask for a tenth of the usual work."""
    secret = runtime.settings.secret_key.get_secret_value()
    runtime.guard.proofs = Proofs(secret, iterations=2500, numbers=(100, 200))
    return runtime


@pytest.fixture
def strict(quick):
    """Allow one signature an hour from here without proof of work."""
    quick.guard._limits = read_limits("sign", "1/hour")
    return quick


def states(runtime):
    with runtime.database.reading() as session:
        return [state.value for state in session.scalars(select(Signature.state))]


def press(page, button="Sign and get my letters"):
    page.get_by_role("checkbox", name="Count my signature").check()
    page.get_by_role("button", name=button).click()


def test_over_the_limit_the_browser_calculates_and_goes_on_by_itself(context, strict):
    first, second = context().new_page(), context(width=360).new_page()
    complaints = []
    second.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    sign(first)
    second.goto(f"/{SLUG}/sign")
    fill_in(second, "other@example.org")
    press(second)
    expect(second.get_by_role("heading", level=1)).to_have_text("Your letters are ready", timeout=30_000)
    assert states(strict) == ["unverified"] * 2
    assert [one for one in complaints if "429" not in one] == []


def test_who_signs_without_an_address_sees_that_something_is_being_calculated(context, quick):
    page = context(width=360).new_page()
    page.goto(f"/{SLUG}/sign")
    fill_in(page, "")
    page.get_by_label("sign without an address").check()
    press(page)
    expect(page.get_by_text("Your browser is calculating")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your letters are ready", timeout=30_000)
    assert states(quick) == ["unverified"]


def test_letters_alone_need_no_calculation(context, quick):
    with quick.database.unit_of_work() as session:
        turn(session, Switch.FORCE_PROOF, "", on=True)
    page = context().new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/{SLUG}/sign")
    assert Axe().run(page).response["violations"] == []
    fill_in(page)
    page.get_by_role("button", name="Only the letters").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your letters are ready")
    assert not [url for url in asked if "proof.json" in url]


@pytest.mark.parametrize("broken", ["**/proof.json", "**/proof-worker.js*"])
def test_a_calculation_that_fails_loses_no_signature(context, quick, broken):
    page = context().new_page()
    page.route(broken, lambda route: route.abort())
    page.goto(f"/{SLUG}/sign")
    fill_in(page, "")
    page.get_by_label("sign without an address").check()
    press(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your letters are ready", timeout=30_000)
    assert states(quick) == [State.PENDING.value]


def test_without_scripts_nobody_is_asked_to_calculate(context, strict):
    sign(context().new_page())
    page = context(scripts=False).new_page()
    page.goto(f"/{SLUG}/sign")
    fill_in(page, "")
    page.get_by_label("sign without an address").check()
    press(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your letters are ready")
    assert sorted(states(strict)) == ["pending", "unverified"]
