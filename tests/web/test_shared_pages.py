"""Pages for everybody come from memory for a second: the same bytes, and nobody's secrets."""

from campaign.web.shared_pages import SharedPages
from tests.visitor import SLUG


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
    pages = SharedPages(site)
    variants = [{}, {"HTTP_ACCEPT_LANGUAGE": "fr"}, {"HTTP_HOST": "other"}, {"QUERY_STRING": "lang=fr"}, {"path": "/x"}]
    for variant in variants:
        ask(pages, **variant)
    assert site.asked == len(variants)


def test_what_is_not_public_or_sets_a_cookie_or_failed_is_never_kept():
    for site in (
        Site(("Cache-Control", "no-store")),
        Site(),
        Site(PUBLIC, ("Set-Cookie", "a=b")),
        Site(PUBLIC, status="404 NOT FOUND"),
    ):
        pages = SharedPages(site)
        ask(pages)
        ask(pages)
        assert site.asked == 2


def test_a_post_always_reaches_the_application():
    site = Site(PUBLIC)
    pages = SharedPages(site)
    ask(pages)
    ask(pages, REQUEST_METHOD="POST")
    assert site.asked == 2


def test_a_browser_that_has_the_page_gets_no_body():
    pages = SharedPages(Site(PUBLIC, ("ETag", '"abc"')))
    ask(pages)
    assert ask(pages, HTTP_IF_NONE_MATCH='"abc"') == ("304 NOT MODIFIED", b"")


def test_invented_addresses_do_not_fill_the_memory():
    site = Site(PUBLIC)
    pages = SharedPages(site)
    for number in range(1000):
        ask(pages, QUERY_STRING=f"x={number}")
    assert len(pages._pages) <= 256


def test_a_foreign_host_gets_nothing_from_memory(visitor):
    visitor.get(f"/{SLUG}")
    assert visitor.client.get(f"/{SLUG}", headers={"Host": "evil.example"}).status_code == 400
