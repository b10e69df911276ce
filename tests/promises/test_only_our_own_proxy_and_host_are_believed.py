"""Who asks, and for which site: only the proxies the settings name may say so, and no address leads elsewhere."""

from urllib.parse import urlsplit

import pytest
from flask import request

from tests.promises.conftest import addresses
from tests.visitor import SLUG

ON_SQLITE_ALONE = "Who asks, and for which site, is decided before anything is read or stored."

SPOOFED = {
    "X-Forwarded-For": "198.51.100.66, 203.0.113.9",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Port": "666",
    "X-Forwarded-Prefix": "/evil",
    "Forwarded": "for=198.51.100.66;host=evil.example;proto=https",
    "X-Real-IP": "198.51.100.66",
}


def seen(app) -> tuple[str | None, str, str]:
    """Return the visitor's address, the host and the path as the program sees them behind spoofed headers."""

    @app.get("/who/asks")
    def who() -> list[str | None]:
        return [request.remote_addr, request.host, request.script_root]

    return tuple(app.test_client().get("/who/asks", headers=SPOOFED).get_json())


@pytest.mark.parametrize(("hops", "believed"), [(0, "127.0.0.1"), (1, "203.0.113.9"), (2, "198.51.100.66")])
def test_of_the_forwarded_addresses_only_what_our_own_proxies_wrote_is_believed(site_with, hops, believed):
    assert seen(site_with(proxy_hops=hops)) == (believed, "localhost", "")


@pytest.mark.parametrize("hops", [0, 1])
@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "evil.example:80", "localhost@evil.example", "localhost, evil.example",
     "127.0.0.1.evil.example", "", "letters.example.org.", "[::1]evil"],
)  # fmt: skip
def test_a_host_that_is_not_ours_gets_no_page(site_with, hops, host):
    app = site_with(public_url="https://letters.example.org", proxy_hops=hops)
    for path in (f"/{SLUG}", f"/{SLUG}/sign", "/safety"):
        answer = app.test_client().get(path, base_url="https://letters.example.org", headers={"Host": host})
        assert answer.status_code == 400, path
        assert "evil" not in answer.text


def test_an_onion_address_that_the_settings_name_is_answered_over_http_too(site_with):
    onion = f"{'a' * 56}.onion"
    app = site_with(public_url="https://letters.example.org", trusted_hosts=onion, proxy_hops=1)
    options = {"base_url": f"http://{onion}", "headers": {"X-Forwarded-Proto": "http"}}
    assert app.test_client().get(f"/{SLUG}", **options).status_code == 200
    assert app.test_client().get(f"/{SLUG}/sign", **options).status_code == 200


LEADING_AWAY = (
    "next",
    "redir",
    "redirect",
    "url",
    "return",
    "return_to",
    "continue",
    "dest",
    "destination",
    "go",
    "to",
)
AWAY = ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)")
CROOKED = ("//evil.example", "//evil.example/..", "/\\evil.example", f"//evil.example/{SLUG}//sign")


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_no_address_leads_to_another_site(visitor, target):
    visitor.sign()
    query = dict.fromkeys(LEADING_AWAY, target)
    places = []
    for method in ("GET", "POST"):
        for path in addresses(visitor.client.application, method).values():
            data = {"csrf_token": visitor.token(), **query} if method == "POST" else None
            with visitor.client.open(path, method=method, query_string=query, data=data) as answer:
                places += answer.headers.getlist("Location")
    assert places
    assert [place for place in places if urlsplit(place).netloc or not place.startswith("/") or "evil" in place] == []


@pytest.mark.parametrize(
    "path", ["//evil.example", "//evil.example/..", "/\\evil.example", f"//evil.example/{SLUG}//sign"]
)
def test_a_crooked_path_leads_to_another_site_neither(app, path):
    answer = app.test_client().get("/", environ_overrides={"PATH_INFO": path})
    place = answer.headers.get("Location", "")
    assert urlsplit(place).netloc in {"", "localhost"}
    assert not place.startswith(("//", "/\\"))
