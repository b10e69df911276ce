"""When an appeal, or all of them, cannot be read: the others stay, and the page that says so never breaks itself."""

import hashlib

import pytest

from campaign.app import create_app
from campaign.appeals.editions import Shelf
from campaign.appeals.pack import to_zip
from campaign.appeals.tables import Edition
from campaign.core.database import Database
from tests.site import FILES
from tests.visitor import SLUG


@pytest.fixture
def client(runtime):
    """A visitor of the site as it runs for the public: what no page answers would reach the web server."""
    return create_app(runtime=runtime).test_client()


@pytest.fixture
def unreadable(runtime, clock):
    toml = FILES["appeal.toml"].replace(b"format = 1", b"format = 1\nunknown_key = 2")
    content = to_zip({**FILES, "appeal.toml": toml})
    with runtime.database.unit_of_work() as session:
        digest = hashlib.sha256(content).digest()
        session.add(Edition(slug="old", number=1, digest=digest, day=clock.now().date(), files=content))
    runtime.shelf.forget()


@pytest.mark.usefixtures("unreadable")
def test_an_edition_that_cannot_be_read_is_a_page_that_says_so_and_the_other_appeals_go_on(client):
    assert client.get("/old").status_code == 404
    assert client.get("/old/sign").status_code == 404
    assert client.get(f"/{SLUG}").status_code == 200
    assert client.get(f"/{SLUG}/sign").status_code == 200
    assert client.get("/").status_code == 302


@pytest.mark.parametrize(("path", "status"), [(f"/{SLUG}", 503), (f"/{SLUG}/sign", 503), (f"/{SLUG}/none/", 404)])
def test_a_site_that_has_not_read_any_appeal_yet_answers_with_a_page_all_the_same(runtime, path, status):
    away = Database("postgresql://postgres@127.0.0.1:1/none?connect_timeout=1")
    runtime.shelf = Shelf(away)
    client = create_app(runtime=runtime).test_client()
    answer = client.get(path)
    away.dispose()
    assert answer.status_code == status
    assert 'href="/"' in answer.text


@pytest.mark.parametrize("broken", [OSError, ValueError])
def test_a_failure_to_read_any_appeal_is_a_page_and_not_another_failure(runtime, broken):
    class Broken:
        def get(self, slug: str) -> None:
            raise broken

        all = forget = get

    runtime.shelf = Broken()
    answer = create_app(runtime=runtime).test_client().get(f"/{SLUG}")
    assert answer.status_code == 500
    assert "It is our fault, not yours." in answer.text
