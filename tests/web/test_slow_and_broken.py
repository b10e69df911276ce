"""When a part fails: a page that says so, the text kept, and the next visitor unharmed."""

import pytest

from campaign.core.database import Database
from campaign.core.errors import DATABASE_AWAY, UnavailableError
from campaign.letters import RenderTimeoutError, UndrawableError
from campaign.signatures.amending import TOO_MANY_CHANGES
from campaign.signatures.journal import CANNOT_CHANGE, CANNOT_ERASE
from campaign.web.errors import in_readers_words
from tests.visitor import JOURNEY, SLUG, checked, form_token


class BrokenRenderer:
    """Render workers that are having a bad day."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def pdf(self, letters: object, paper: str, layout: object = "none") -> bytes:
        raise self._error


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (RenderTimeoutError("too slow"), 503, "could not be drawn just now"),
        (UnavailableError("all busy"), 503, "could not be drawn just now"),
        (UndrawableError("𒀀"), 422, "cannot print these characters: 𒀀"),
    ],
)
@pytest.mark.parametrize("name", ["president.pdf", "all.pdf"])
def test_a_letter_that_cannot_be_drawn_is_a_page_and_not_a_failure(visitor, runtime, error, status, sentence, name):
    visitor.sign()
    runtime.__dict__["renderer"] = BrokenRenderer(error)
    response = visitor.get(f"/{SLUG}/letters/{name}")
    assert response.status_code == status
    assert sentence in response.text
    assert visitor.get(f"/{SLUG}/letters/president.eml").status_code == 200


@pytest.fixture
def database_away(runtime):
    """A database that refuses every connection."""
    own = runtime.database
    runtime.database = Database("postgresql://postgres@127.0.0.1:1/none?connect_timeout=1")
    yield
    runtime.database.dispose()
    runtime.database = own


def test_when_the_database_is_away_the_form_comes_back_with_everything_typed(visitor, request):
    token = visitor.token()
    request.getfixturevalue("database_away")
    for path in ("sign", "letters"):
        response = visitor.client.post(f"/{SLUG}/{path}", data={**JOURNEY, "csrf_token": token})
        assert response.status_code == 503
        for typed in ("Aygül Qadir", "aygul@example.org", "12 Rue Principale"):
            assert typed in response.text
        assert "try again" in response.text


def test_when_the_database_is_away_the_address_for_a_lost_link_need_not_be_typed_again(visitor, runtime, request):
    runtime.settings = runtime.settings.model_copy(
        update={"smtp_url": "smtp://127.0.0.1:9", "mail_from": "letters@example.org"}
    )
    token = form_token(visitor.get("/m").text)
    request.getfixturevalue("database_away")
    response = visitor.client.post("/m", data={"appeal": SLUG, "email": "aygul@example.org", "csrf_token": token})
    assert response.status_code == 503
    assert "aygul@example.org" in response.text
    assert "try again" in response.text


def test_when_the_database_is_away_a_name_for_the_public_list_need_not_be_typed_again(visitor, request):
    token = visitor.token()
    request.getfixturevalue("database_away")
    for link in (f"/m/{'A' * 43}", f"/c/{'A' * 43}"):
        data = {"shown_name": "Aygül Q.", "agreed": "y", "csrf_token": token}
        response = checked(visitor.client.post(f"{link}/name", data=data))
        assert response.status_code == 503
        assert 'value="Aygül Q."' in response.text
        assert "try again" in response.text
        assert visitor.client.post(f"{link}/name", data={"take_out": "1", "csrf_token": token}).status_code == 503


def test_when_the_database_is_away_letters_are_a_page_that_says_so(visitor, request):
    visitor.sign()
    request.getfixturevalue("database_away")
    for path in ("letters", "letters/president.pdf", "count.json"):
        assert visitor.get(f"/{SLUG}/{path}").status_code == 503


@pytest.mark.parametrize("sentence", [DATABASE_AWAY, CANNOT_ERASE, CANNOT_CHANGE, TOO_MANY_CHANGES])
def test_what_a_room_without_languages_says_is_said_in_the_readers_language(app, sentence):
    with app.test_request_context():
        assert in_readers_words(sentence) == sentence
        assert in_readers_words("Said by a page.") == "Said by a page."
    with app.test_request_context(headers={"Accept-Language": "fr"}):
        assert in_readers_words(sentence) != sentence
