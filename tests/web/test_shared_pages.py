"""Pages for everybody come from memory for a second: the same bytes, and nobody's secrets."""

import re

import pytest
from flask import Request, request
from werkzeug.datastructures import MultiDict

from campaign.web.shared_pages import SharedPages
from tests.visitor import SLUG

ON_SQLITE_ALONE = "Pages know nothing of the database; what they store is tested in its rooms on both kinds."


class Site:
    """A small WSGI application that counts how often it is asked."""

    def __init__(self, *headers: tuple[str, str], status: str = "200 OK") -> None:
        self.asked = 0
        self.headers = [("Content-Type", "text/plain"), *headers]
        self.status = status

    def __call__(self, environ, start_response):
        self.asked += 1
        start_response(self.status, self.headers)
        return [f"{self.asked} {environ.get('HTTP_ACCEPT_LANGUAGE', '')}".encode()]


PUBLIC = ("Cache-Control", "public, max-age=5")


def ask(pages: SharedPages, path: str = "/", **environ: str) -> tuple[str, bytes]:
    statuses: list[str] = []
    base = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "HTTP_HOST": "localhost", "QUERY_STRING": ""}
    body = b"".join(pages({**base, **environ}, lambda status, *_rest: statuses.append(status)))
    return statuses[0], body


def test_a_public_page_is_made_once_a_second():
    seconds = [0.0]
    site = Site(PUBLIC)
    pages = SharedPages(site, now=lambda: seconds[0])
    assert ask(pages) == ask(pages)
    assert site.asked == 1
    seconds[0] = 1.0
    ask(pages)
    assert site.asked == 2


def test_every_language_host_query_and_path_has_a_page_of_its_own():
    site = Site(PUBLIC)
    pages = SharedPages(site, now=lambda: 0.0)
    variants = [{}, {"HTTP_ACCEPT_LANGUAGE": "fr"}, {"HTTP_HOST": "other"}, {"QUERY_STRING": "lang=fr"}, {"path": "/x"}]
    for _ in range(2):
        for variant in variants:
            ask(pages, **variant)
    assert site.asked == len(variants)


@pytest.mark.parametrize(
    "added",
    ["fbclid=Iw{}", "utm_source=letter&utm_campaign={}", "q={}", "lang=x{}", "country=CA&x={}", "&={}", "%FF{}"],
)
def test_what_no_page_reads_makes_no_page_of_its_own(added):
    site = Site(PUBLIC)
    pages = SharedPages(site, now=lambda: 0.0)
    for number in range(10):
        ask(pages, f"/{SLUG}", QUERY_STRING=added.format(number))
    ask(pages, f"/{SLUG}")
    assert site.asked == 1


def test_the_first_of_two_languages_counts_as_it_does_for_the_pages():
    site = Site(PUBLIC)
    pages = SharedPages(site, now=lambda: 0.0)
    for query in ("lang=fr", "lang=fr&lang=en", "x=1&lang=fr", "l%61ng=fr", "lang=f%72"):
        ask(pages, QUERY_STRING=query)
    assert site.asked == 1
    for query in ("lang=en&lang=fr", "lang=&lang=fr", "LANG=fr"):  # English, and twice no language
        ask(pages, QUERY_STRING=query)
    assert site.asked == 3


def test_browsers_that_wish_for_the_same_language_share_a_page():
    site = Site(PUBLIC)
    pages = SharedPages(site, now=lambda: 0.0)
    for wish in ("fr", "fr-CA,fr;q=0.9,en;q=0.8", "fr-FR", "ug,fr;q=0.5"):
        ask(pages, HTTP_ACCEPT_LANGUAGE=wish)
    assert site.asked == 1
    for wish in ("", "en", "de-DE,de;q=0.9", *(f"x-{number}" for number in range(100))):
        ask(pages, HTTP_ACCEPT_LANGUAGE=wish)
    assert site.asked == 2


def test_a_country_counts_where_it_is_read_and_only_if_there_is_such_a_country():
    site = Site(PUBLIC)
    pages = SharedPages(site, now=lambda: 0.0)
    for country in ("CA", "FR", "", "XX", "ca", "<b>"):
        ask(pages, f"/{SLUG}/letters/blank", QUERY_STRING=f"country={country}")
    assert site.asked == 3


def test_what_is_not_public_or_sets_a_cookie_or_failed_is_never_kept():
    for site in (
        Site(("Cache-Control", "no-store")),
        Site(),
        Site(PUBLIC, ("Set-Cookie", "a=b")),
        Site(PUBLIC, status="404 NOT FOUND"),
    ):
        pages = SharedPages(site, now=lambda: 0.0)
        ask(pages)
        ask(pages)
        assert site.asked == 2


def test_a_post_always_reaches_the_application():
    site = Site(PUBLIC)
    pages = SharedPages(site, now=lambda: 0.0)
    ask(pages)
    ask(pages, REQUEST_METHOD="POST")
    assert site.asked == 2


def test_a_browser_that_has_the_page_gets_no_body():
    pages = SharedPages(Site(PUBLIC, ("ETag", '"abc"')), now=lambda: 0.0)
    ask(pages)
    assert ask(pages, HTTP_IF_NONE_MATCH='"abc"') == ("304 NOT MODIFIED", b"")


def test_a_browser_that_has_the_page_gets_no_body_either_when_it_had_to_be_made_anew():
    seconds = [0.0]
    pages = SharedPages(Site(PUBLIC, ("ETag", '"abc"')), now=lambda: seconds[0])
    ask(pages)
    seconds[0] = 1.0
    assert ask(pages, HTTP_IF_NONE_MATCH='"abc"') == ("304 NOT MODIFIED", b"")
    assert ask(pages) == ("200 OK", b"2 ")


@pytest.mark.parametrize("known", ['"older"', "*"])
def test_a_browser_that_has_an_older_page_leaves_the_new_one_to_the_next(visitor, rendered, known):
    for _ in range(5):
        assert visitor.client.get(f"/{SLUG}", headers={"If-None-Match": known}).status_code == 200
    assert rendered == [f"/{SLUG}"]


def test_a_file_is_still_not_sent_to_who_has_it(visitor):
    address = re.findall(r'href="(/static/[^"]+)"', visitor.get(f"/{SLUG}").text)[0]
    with (
        visitor.client.get(address) as whole,
        visitor.client.get(address, headers={"If-None-Match": whole.headers["ETag"]}) as again,
    ):
        assert (whole.status_code, again.status_code) == (200, 304)


def test_invented_addresses_do_not_fill_the_memory():
    site = Site(PUBLIC)
    pages = SharedPages(site, now=lambda: 0.0)
    for number in range(1000):
        ask(pages, f"/x{number}")
    assert len(pages._pages) <= 256


@pytest.fixture
def rendered(app):
    """The paths of the requests that the application itself had to answer; the clock of the kept pages stands still."""
    app.wsgi_app._now = lambda: 0.0
    seen: list[str] = []

    @app.before_request
    def note() -> None:
        seen.append(request.path)

    return seen


def test_a_link_from_a_newsletter_costs_the_real_page_no_rendering(visitor, rendered):
    plain = visitor.get(f"/{SLUG}", headers={"Accept-Language": "en"}).data
    for number in range(20):
        shared = visitor.get(
            f"/{SLUG}?fbclid={number}&utm_source=x", headers={"Accept-Language": f"en, x{number};q=0.1"}
        )
        assert shared.data == plain
    assert rendered == [f"/{SLUG}"]
    assert visitor.get(f"/{SLUG}?fbclid=1&lang=fr").data != plain
    assert len(rendered) == 2


def test_the_arguments_that_public_pages_read_are_those_that_the_cache_knows(app, monkeypatch):
    asked: set[str] = set()

    class Noting(MultiDict):
        def get(self, key, *rest, **options):
            asked.add(key)
            return super().get(key, *rest, **options)

    monkeypatch.setattr(Request, "parameter_storage_class", Noting)
    client = app.test_client()
    for path in (
        "/",
        "/safety",
        *(f"/{SLUG}{rest}" for rest in ("", "/count.json", "/texts.json", "/sent", "/sent.json")),
    ):
        assert client.get(f"{path}?x=1", follow_redirects=True).status_code == 200
    assert asked == {"lang"}
    assert client.get(f"/{SLUG}/letters/blank?x=1").status_code == 200
    assert asked == {"lang", "country"}


def test_a_foreign_host_gets_nothing_from_memory(visitor):
    visitor.get(f"/{SLUG}")
    assert visitor.client.get(f"/{SLUG}", headers={"Host": "evil.example"}).status_code == 400
