"""Proof of work in a real browser: calculated beside the page, under the strict policy, and never asked for twice."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from sqlalchemy import select

from campaign.abuse import Proofs, Switch, read_limits, turn
from campaign.app import create_app
from campaign.runtime import build_runtime
from campaign.signatures import Signature, State
from tests.browser.conftest import served
from tests.browser.test_journeys import fill_in, sign
from tests.site import make_settings
from tests.visitor import SLUG

pytestmark = pytest.mark.browser

READY = "Your letters are ready"
WITHOUT_PATIENCE = 25_000
"""Milliseconds for what must not wait until the half minute of the form is over."""


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
    expect(second.get_by_role("heading", level=1)).to_have_text(READY)
    assert states(strict) == ["unverified"] * 2
    assert [one for one in complaints if "429" not in one] == []


def test_who_signs_without_an_address_sees_that_something_is_being_calculated(context, quick):
    page, challenges = context(width=360).new_page(), []

    def hold_back(route):
        challenges.append(route)

    page.route("**/proof.json", hold_back)  # or it might be over before anybody has looked
    ask_without_address(page)
    expect(page.get_by_text("Your browser is calculating")).to_be_visible()
    for _ in range(600):  # the words may be seen before the browser has asked
        if not challenges:
            page.wait_for_timeout(100)
    [challenge] = challenges
    challenge.continue_()
    expect(page.get_by_role("heading", level=1)).to_have_text(READY)
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
    expect(page.get_by_role("heading", level=1)).to_have_text(READY)
    assert not [url for url in asked if "proof.json" in url]


def ask_without_address(page):
    page.goto(f"/{SLUG}/sign")
    fill_in(page, "")
    page.get_by_label("sign without an address").check()
    press(page)


@pytest.mark.parametrize("broken", ["**/proof.json", "**/proof-worker.js*"])
def test_a_calculation_that_fails_loses_no_signature(context, quick, broken):
    page = context().new_page()
    page.route(broken, lambda route: route.abort())
    ask_without_address(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(READY, timeout=WITHOUT_PATIENCE)
    assert states(quick) == [State.PENDING.value]


WORKERS = {
    "breaks before it begins": "throw new Error();",
    "breaks while it calculates": "onmessage = async () => { throw new Error(); };",
    "never answers": "onmessage = () => {};",
}


@pytest.mark.parametrize("worker", WORKERS.values(), ids=WORKERS)
def test_a_worker_that_brings_nothing_holds_nobody_up(context, quick, worker):
    page = context().new_page()
    page.route("**/proof-worker.js*", lambda route: route.fulfill(body=worker, content_type="text/javascript"))
    page.route(f"**/{SLUG}/sign", lambda route: with_patience(route, 1))
    ask_without_address(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(READY, timeout=WITHOUT_PATIENCE)
    assert states(quick) == [State.PENDING.value]


def test_a_challenge_that_never_comes_holds_nobody_up(context, quick):
    page = context().new_page()
    page.route("**/proof.json", lambda _route: None)
    page.route(f"**/{SLUG}/sign", lambda route: with_patience(route, 1))
    ask_without_address(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(READY, timeout=WITHOUT_PATIENCE)
    assert states(quick) == [State.PENDING.value]


def with_patience(route, seconds):
    """Let the form wait for so many seconds instead of half a minute."""
    answer = route.fetch(max_redirects=0)
    if answer.status == 303:
        return route.fulfill(response=answer)
    text = answer.text()
    assert text.count('data-seconds="30"') == 1
    return route.fulfill(response=answer, body=text.replace('data-seconds="30"', f'data-seconds="{seconds}"'))


@pytest.fixture
def elsewhere(browser, quick, tmp_path, database_url):
    """A browser that reaches the site over http by the name of another machine, where browsers do not calculate."""
    settings = make_settings(tmp_path, database_url, public_url="http://letters.test", sign_limits="1/hour")
    graph = build_runtime(settings, quick.clock)
    with served(create_app(runtime=graph)) as port:
        context = browser.new_context(base_url=f"http://letters.test:{port}", locale="en-CA", reduced_motion="reduce")
        yield context.new_page()
        context.close()
    graph.close()


def test_over_plain_http_from_another_machine_everybody_gets_through(elsewhere, quick):
    ask_without_address(elsewhere)
    expect(elsewhere.get_by_role("heading", level=1)).to_have_text(READY, timeout=WITHOUT_PATIENCE)
    assert states(quick) == [State.PENDING.value]
    for number in range(2):  # the second one is over the limit
        elsewhere.context.clear_cookies()
        elsewhere.goto(f"/{SLUG}/sign")
        fill_in(elsewhere, f"somebody-{number}@example.org")
        press(elsewhere)
        expect(elsewhere.get_by_role("heading", level=1)).to_have_text(READY, timeout=WITHOUT_PATIENCE)
    assert sorted(states(quick)) == [State.PENDING.value] * 2 + [State.UNVERIFIED.value]
    assert not elsewhere.evaluate("isSecureContext")


def test_where_the_script_never_arrives_a_button_sends_the_form_without_calculating(context, strict):
    sign(context().new_page())
    page = context(width=360).new_page()
    page.route("**/proof.js*", lambda route: route.abort())
    page.goto(f"/{SLUG}/sign")
    expect(page.get_by_role("button", name="Send without calculating")).to_have_count(0)
    fill_in(page, "other@example.org")
    press(page)
    expect(page.get_by_text("Everything you typed is still here.")).to_be_visible()
    page.get_by_role("button", name="Send without calculating").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(READY)
    assert sorted(states(strict)) == ["pending", "unverified"]


def test_who_does_not_wait_for_the_calculation_signs_once(context, strict):
    sign(context().new_page())
    page = context().new_page()
    sent = []
    page.on("request", lambda request: sent.append(request.post_data or "") if request.method == "POST" else None)
    page.route("**/proof-worker.js*", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto(f"/{SLUG}/sign")
    fill_in(page, "other@example.org")
    press(page)
    page.get_by_role("button", name="Send without calculating").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(READY)
    assert len(sent) == 2
    assert "no_scripts" in sent[1]


def test_without_scripts_nobody_is_asked_to_calculate(context, strict):
    sign(context().new_page())
    page = context(scripts=False).new_page()
    page.goto(f"/{SLUG}/sign")
    fill_in(page, "")
    page.get_by_label("sign without an address").check()
    press(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(READY)
    assert sorted(states(strict)) == ["pending", "unverified"]
