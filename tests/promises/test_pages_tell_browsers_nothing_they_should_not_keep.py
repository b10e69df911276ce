"""The headers of every address, walked from the list of routes: what is in no table is private."""

import pytest

from tests.promises.conftest import addresses
from tests.visitor import JOURNEY, SLUG, form_token

ON_SQLITE_ALONE = "Headers say nothing that comes from the database."

HTTPS = "https://letters.example.org"

# Pages that are the same for everybody, and may be kept by caches for a while. A new address is private until it is
# added here, with a reason somebody has thought about: such a page may never set or need a cookie.
SHARED = {
    "public.appeal", "public.count", "public.sent", "public.sent_json", "public.blank_letters", "public.blank_file",
    "public.safety", "public.texts", "static",
}  # fmt: skip

# What a page may load: from here, nothing, or (pictures only) what stands in the page itself.
POLICY = {
    "default-src": {"'none'"},
    "script-src": {"'self'"},
    "style-src": {"'self'"},
    "img-src": {"'self'", "data:"},
    "font-src": {"'self'"},
    "connect-src": {"'self'"},
    "worker-src": {"'self'"},
    "form-action": {"'self'"},
    "base-uri": {"'none'"},
    "frame-ancestors": {"'none'"},
}
REQUIRED = POLICY.keys() - {"worker-src"}


def policy_of(response) -> dict[str, set[str]]:
    parts = (part.split() for part in response.headers["Content-Security-Policy"].split(";"))
    return {name: set(sources) for name, *sources in parts}


def responses(app, visitor, **options):
    """Yield every address with its answer: to somebody new, and to somebody who has signed."""
    for endpoint, path in addresses(app, "GET").items():
        for client in (app.test_client(), visitor.client):
            with client.get(path, **options) as response:
                response.get_data()
                yield endpoint, response


def test_every_answer_has_the_headers_of_the_table(app, visitor):
    visitor.sign()
    for endpoint, response in responses(app, visitor):
        headers, policy = response.headers, policy_of(response)
        assert policy.keys() <= POLICY.keys(), endpoint
        assert policy.keys() >= REQUIRED, endpoint
        assert not [name for name in policy if policy[name] - POLICY[name]], endpoint
        assert headers["X-Content-Type-Options"] == "nosniff", endpoint
        assert headers["Referrer-Policy"] == "same-origin", endpoint
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", endpoint
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin", endpoint
        assert "Server" not in headers, endpoint
        assert "X-Powered-By" not in headers, endpoint


def test_who_asks_for_the_headers_alone_gets_those_of_the_page(app, visitor):
    visitor.sign()
    for endpoint, path in addresses(app, "GET").items():
        with visitor.client.get(path) as page, visitor.client.head(path) as headers:
            assert headers.status_code == page.status_code, endpoint
            assert headers.headers.get("Cache-Control") == page.headers.get("Cache-Control"), endpoint


def test_only_the_pages_for_everybody_are_kept_by_caches_and_found_by_searches(app, visitor):
    visitor.sign()
    kept = set()
    for endpoint, response in responses(app, visitor):
        control = response.headers["Cache-Control"]
        if control == "no-store":
            assert response.headers["X-Robots-Tag"] == "noindex", endpoint
            continue
        kept.add(endpoint)
        assert "Set-Cookie" not in response.headers, endpoint
        assert "Cookie" not in response.headers.get("Vary", ""), endpoint
    assert kept == SHARED


@pytest.mark.parametrize("path", ["/c/" + "A" * 43, "/m/" + "A" * 43, "/m/x/y", "/c/?x=1"])
def test_an_address_with_a_token_is_never_kept_nor_found_whatever_its_page_says(app, path):
    @app.get("/<any(c,m):kind>/<path:token>")
    def shown(kind: str, token: str):
        return "kept", 200, {"Cache-Control": "public, max-age=600"}

    headers = app.test_client().get(path).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Robots-Tag"] == "noindex"
    assert headers["Referrer-Policy"] == "same-origin"


def test_over_https_cookies_are_bound_to_the_host_and_browsers_stay_on_https(site_with):
    app = site_with(public_url=HTTPS)
    cookies = []
    for endpoint, path in addresses(app, "GET").items():
        with app.test_client().get(path, base_url=HTTPS) as response:
            assert response.headers["Strict-Transport-Security"] == "max-age=31536000", endpoint
            cookies += response.headers.getlist("Set-Cookie")
    assert cookies
    for cookie in cookies:
        assert cookie.startswith("__Host-"), cookie
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; ")), cookie
        assert "Domain=" not in cookie


def test_the_letter_cookie_over_https_is_bound_to_the_host_and_lasts_an_hour(site_with):
    client = site_with(public_url=HTTPS).test_client()
    token = form_token(client.get(f"/{SLUG}/sign", base_url=HTTPS).text)
    answer = client.post(f"/{SLUG}/sign", base_url=HTTPS, data={**JOURNEY, "csrf_token": token})
    cookie = next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith(f"__Host-letter-{SLUG}="))
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=3600"} <= set(cookie.split("; "))


def test_a_local_start_over_http_has_cookies_that_browsers_accept(visitor):
    cookies = [
        *visitor.get(f"/{SLUG}/sign").headers.getlist("Set-Cookie"),
        *visitor.sign().headers.getlist("Set-Cookie"),
    ]
    assert {cookie.partition("=")[0] for cookie in cookies} == {"session", f"letter-{SLUG}"}
    for cookie in cookies:
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
        assert "Secure" not in cookie
    assert "Max-Age=3600" in next(cookie for cookie in cookies if cookie.startswith(f"letter-{SLUG}="))
    assert "Strict-Transport-Security" not in visitor.get(f"/{SLUG}").headers
