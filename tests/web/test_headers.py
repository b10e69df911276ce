"""Failures and files: a page that says what to do and betrays nothing, and assets that may be kept."""

import pytest
from werkzeug.exceptions import default_exceptions

from campaign.app import create_app
from tests.visitor import SLUG, Visitor

ON_SQLITE_ALONE = "Pages know nothing of the database; what they store is tested in its rooms on both kinds."


def test_assets_may_be_kept_for_a_year_because_their_address_changes_with_their_content(visitor):
    page = visitor.get(f"/{SLUG}").text
    address = page.split('href="/static/css/')[1].split('"')[0]
    assert "?v=" in address
    asset = visitor.client.get("/static/css/" + address)
    assert asset.status_code == 200
    assert "max-age=31536000" in asset.headers["Cache-Control"]
    asset.close()


@pytest.mark.parametrize("status", [400, 403, 404, 405, 410, 413, 422, 429, 500, 503])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_failure_has_a_page_that_says_what_to_do(runtime, status, language):
    app = create_app(runtime=runtime)

    @app.get("/fail/now")
    def fail() -> str:
        raise default_exceptions[status]

    response = app.test_client().get("/fail/now", headers={"Accept-Language": language})
    assert response.status_code == status
    assert f'<html lang="{language}"' in response.text
    assert Visitor(app).client.get("/").status_code == 302


def test_an_unforeseen_failure_shows_nothing_of_what_was_typed_and_logs_nothing_of_it(runtime, caplog):
    app = create_app(runtime=runtime)
    typed = "Aygül Qadir, aygul@example.org"

    @app.get("/fail/now")
    def fail() -> str:
        raise RuntimeError(typed)

    response = app.test_client().get("/fail/now")
    assert response.status_code == 500
    assert "Aygül" not in response.text
    assert "unhandled RuntimeError" in caplog.text
    assert "Aygül" not in caplog.text
