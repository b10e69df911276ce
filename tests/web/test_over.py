"""An appeal that is over, or has not begun, promises nothing that only an open one can keep."""

import pytest

from campaign.appeals.editions import publish
from tests.site import FILES
from tests.visitor import SLUG

ON_SQLITE_ALONE = "Pages know nothing of the database; what they store is tested in its rooms on both kinds."

EN = {"Accept-Language": "en"}
OPENS, CLOSED, DEADLINE = "opens = 2026-11-30", "closed = true", "deadline = 2026-12-05"
GOAL = "goal = 500"
HEAD = 'country = "CN"\nlocales'
OVER = [
    pytest.param(f"{DEADLINE}\n{CLOSED}", "The organisers have closed", id="closed"),
    pytest.param("deadline = 2026-11-20", "closed on 20 November 2026", id="expired"),
    pytest.param(CLOSED, "The organisers have closed", id="closed without a date"),
]
CLOSED_TOO, LATER, OPEN = "a-closed", "b-later", "c-open"


@pytest.fixture
def publish_also(runtime, clock):
    """Publish more appeals, each with a line of its own in appeal.toml."""

    def publish_all(**lines):
        text = FILES["appeal.toml"].decode()
        with runtime.database.unit_of_work() as session:
            for slug, line in lines.items():
                changed = text.replace(HEAD, f'country = "CN"\n{line}\nlocales').encode()
                publish(session, slug, {**FILES, "appeal.toml": changed}, clock.now().date())
        runtime.shelf.forget()

    return publish_all


def change(publish_changed, lines: str) -> None:
    publish_changed(HEAD, f'country = "CN"\n{lines}\n{GOAL}\nlocales')


@pytest.mark.parametrize(("lines", "said"), OVER)
def test_an_appeal_that_is_over_is_open_until_no_day_and_has_no_goal_left(visitor, publish_changed, lines, said):
    change(publish_changed, lines)
    page = visitor.get(f"/{SLUG}", headers=EN).text
    assert said in page
    for untrue in ("Open until", "No closing date given", "The goal is", "<progress"):
        assert untrue not in page, untrue


@pytest.mark.parametrize("lines", [DEADLINE, f"{OPENS}\n{DEADLINE}"])
def test_an_appeal_that_is_open_or_will_be_says_until_when_and_its_goal(visitor, publish_changed, lines):
    change(publish_changed, lines)
    page = visitor.get(f"/{SLUG}", headers=EN).text
    for said in ("Open until 5 December 2026.", "The goal is 500 signatures.", "<progress"):
        assert said in page, said


def test_the_front_page_shows_the_open_appeals_first_and_the_others_under_their_own_headings(visitor, publish_also):
    publish_also(**{CLOSED_TOO: CLOSED, LATER: OPENS, OPEN: DEADLINE})
    page = visitor.get("/", headers=EN).text
    parts = ("<h1>", f'href="/{OPEN}"', "Appeals that open later", f'href="/{LATER}"', "Closed appeals", CLOSED_TOO)
    places = [page.index(part) for part in parts]
    assert places == sorted(places)
    assert page.index(f'href="/{SLUG}"') < places[2]
    assert "no open appeal" not in page
    assert "opens on 30 November 2026" in page[places[2] : places[4]]
    assert "closed" not in page[places[2] : places[4]]


def test_a_front_page_without_an_open_appeal_says_so_before_those_that_were(visitor, publish_changed, publish_also):
    publish_changed(HEAD, f'country = "CN"\n{CLOSED}\nlocales')
    publish_also(**{CLOSED_TOO: CLOSED})
    page = visitor.get("/", headers=EN).text
    assert page.index("There is no open appeal at the moment.") < page.index("Closed appeals") < page.index(SLUG)
    assert "Appeals that open later" not in page


def test_where_every_appeal_is_open_the_front_page_has_no_other_heading(visitor, publish_also):
    publish_also(**{OPEN: DEADLINE})
    page = visitor.get("/", headers=EN).text
    assert "Closed appeals" not in page
    assert "Appeals that open later" not in page
