"""A letter goes into the public numbers once, and no machine drives them: what is counted, and what is only given."""

import pytest

from campaign.app import create_app
from campaign.runtime import build_runtime
from campaign.signatures import State, arrivals, totals
from tests.abuse.solving import easy, solved
from tests.site import make_settings
from tests.visitor import SLUG, Visitor

LETTERS = f"/{SLUG}/letters"


@pytest.fixture
def limited(runtime, tmp_path, database_url):
    """The same site with limits: one signature an hour from one neighbourhood, and three forms for letters alone."""
    graph = build_runtime(make_settings(tmp_path, database_url, sign_limits="1/hour"), runtime.clock)
    graph.__dict__["renderer"] = runtime.renderer
    yield create_app(runtime=easy(graph))
    graph.database.dispose()


@pytest.fixture(autouse=True)
def _three(monkeypatch):
    monkeypatch.setattr(arrivals, "_LETTERS", (arrivals.Limit(b"letters", 3, 3600),))


@pytest.fixture
def counted(runtime, count_now):
    """Count, and return the letters so far."""

    def read() -> dict[str, int]:
        count_now()
        with runtime.database.reading() as session:
            return {f"{who} {how}": n for (who, how), n in totals(session, SLUG).letters.items()}

    return read


def take(visitor):
    assert visitor.get(f"{LETTERS}/president.txt").status_code == 200


def test_a_letter_that_is_taken_again_and_again_counts_once(visitor, counted):
    visitor.letters_only()
    for _ in range(5):
        for name in ("president.txt", "president.pdf", "president.eml", "embassy.txt"):
            assert visitor.get(f"{LETTERS}/{name}").status_code == 200
        assert visitor.post(f"{LETTERS}/president/made", {"channel": "copy"}).status_code == 204
        assert visitor.get(f"{LETTERS}/all.pdf").status_code == 200
    assert counted() == {
        "president text": 1, "president pdf": 1, "president eml": 1, "president copy": 1, "embassy text": 1,
        "embassy pdf": 1,
    }  # fmt: skip


@pytest.mark.parametrize("again", ["sign", "letters_only"])
def test_a_letter_that_is_changed_and_taken_again_counts_once_still(visitor, counted, again):
    visitor.sign()
    take(visitor)
    getattr(visitor, again)(words="I have changed my letter.")
    take(visitor)
    assert counted() == {"president text": 1}


def test_a_letter_that_was_only_asked_about_is_not_counted(visitor, counted):
    visitor.letters_only()
    assert visitor.client.head(f"{LETTERS}/president.txt").status_code == 200
    assert counted() == {}
    take(visitor)
    assert counted() == {"president text": 1}


def test_beyond_a_table_full_of_people_letters_are_given_and_not_counted(limited, counted, runtime):
    for _ in range(5):
        visitor = Visitor(limited)
        assert visitor.letters_only().status_code == 303
        take(visitor)
        assert visitor.post(f"{LETTERS}/president/sent", {"way": "post"}).status_code == 303
        assert "You posted it." in visitor.get(LETTERS).text
    assert counted() == {"president text": 3, "president reported-post": 3}


def test_who_mends_a_letter_uses_up_nobody_s_share(limited, counted):
    one, other = Visitor(limited), Visitor(limited)
    for _ in range(5):
        one.letters_only()
    other.letters_only()
    for visitor in (one, other):
        take(visitor)
    assert counted() == {"president text": 2}


def test_who_lives_elsewhere_is_counted_as_before(limited, counted):
    for number in range(6):
        visitor = Visitor(limited)
        token = visitor.token()
        elsewhere = {"REMOTE_ADDR": f"203.0.{number}.7"}
        data = {"csrf_token": token, "country": "CA", "locale": "en", "without_name": "y", "demands": ["release"]}
        assert visitor.client.post(LETTERS, data=data, environ_overrides=elsewhere).status_code == 303
        take(visitor)
    assert counted() == {"president text": 6}


def test_signatures_without_calculation_do_not_drive_the_numbers_either(limited, counted, runtime):
    for number in range(8):
        visitor = Visitor(limited)
        assert visitor.sign(email=f"somebody-{number}@example.org", no_scripts="y").status_code == 303
        take(visitor)
    assert counted() == {"president text": 1 + 3}
    visitor = Visitor(limited)
    proof = solved(visitor.client.get("/proof.json").get_json())
    assert visitor.sign(email="calculated@example.org", proof=proof).status_code == 303
    take(visitor)
    assert counted() == {"president text": 1 + 3 + 1}
    with runtime.database.reading() as session:
        assert totals(session, SLUG).states == {State.UNVERIFIED: 2, State.PENDING: 7}


def test_all_lines_of_the_onion_service_are_one_table(limited, counted):
    for number in range(6):
        visitor = Visitor(limited)
        visitor.client.environ_base["REMOTE_ADDR"] = f"fc00:dead:beef:4dad::{number}"
        visitor.letters_only()
        take(visitor)
    assert counted() == {"president text": 3}


def test_where_signatures_are_not_limited_letters_are_not_either(app, counted):
    for _ in range(6):
        visitor = Visitor(app)
        visitor.letters_only()
        take(visitor)
    assert counted() == {"president text": 6}
