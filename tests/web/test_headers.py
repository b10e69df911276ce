"""What every response says to browsers and caches, route by route."""

import pytest
from werkzeug.exceptions import default_exceptions

from campaign.app import create_app
from campaign.runtime import build_runtime
from tests.site import make_settings
from tests.visitor import SLUG, Visitor

# path, may it be kept by shared caches, may it set a cookie
ROUTES = [
    (f"/{SLUG}", True, False),
    (f"/{SLUG}/count.json", True, False),
    (f"/{SLUG}/sign", False, True),
    (f"/{SLUG}/letters", False, False),
    (f"/{SLUG}/letters/president.pdf", False, False),
    (f"/{SLUG}/letters/president.eml", False, False),
    ("/nobody", False, False),
]


@pytest.mark.parametrize(("path", "shared", "cookie"), ROUTES)
def test_headers_are_those_of_the_table(visitor, path, shared, cookie):
    visitor.sign()
    response = visitor.get(path)
    headers = response.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"].startswith("public") == shared
    assert shared or headers["Cache-Control"] == "no-store"
    assert cookie or "Set-Cookie" not in headers


def test_over_https_cookies_are_bound_to_the_host(runtime, tmp_path, database_url):
    settings = make_settings(tmp_path, database_url, public_url="https://letters.example.org")
    secure = build_runtime(settings, runtime.clock)
    secure.__dict__["renderer"] = runtime.renderer
    client = create_app(runtime=secure).test_client()
    response = client.get(f"/{SLUG}/sign", base_url="https://letters.example.org")
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    assert "Secure" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert response.headers["Strict-Transport-Security"]
    secure.database.dispose()


def test_the_letter_cookie_is_for_this_site_and_for_an_hour(visitor):
    cookie = next(one for one in visitor.sign().headers.getlist("Set-Cookie") if one.startswith("letter="))
    for part in ("HttpOnly", "Path=/", "SameSite=Lax", "Max-Age=3600"):
        assert part in cookie


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
