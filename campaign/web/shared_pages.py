"""Pages that are the same for everybody, answered from memory for a second.

The cache that a proxy in front would be, for a site that has none: a front-page day costs one rendering a second. It
keeps only what says of itself that it is public, and asks nothing of Flask for the rest of that second. deploy/ has the
same for nginx.
"""

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

from werkzeug.wrappers import Request

from campaign.recipients.countries import is_country
from campaign.web.i18n import PAGE_LOCALES, wished_locale

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_SECONDS = 1.0
_MOST_PAGES = 256
_LARGEST = 256 * 1024

_BY_COUNTRY = "/letters/blank"
"""How the address of the one page ends that differs by the country in it."""

_Key = tuple[str, str, str, str, str]


class _Page(NamedTuple):
    made: float
    headers: list[tuple[str, str]]
    etag: str
    body: bytes


class SharedPages:
    """WSGI middleware. Two threads may both make a page that is due; the later result stays."""

    def __init__(self, app: "WSGIApplication", now: Callable[[], float] = time.monotonic) -> None:
        """Stand in front of ``app``; ``now`` tells how old a page is."""
        self._app = app
        self._now = now
        self._pages: dict[_Key, _Page] = {}

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a GET from memory, or let the application answer and remember it."""
        if environ["REQUEST_METHOD"] != "GET" or _is_file(environ.get("PATH_INFO", "")):
            return self._app(environ, start_response)
        key = _key(environ)
        page = self._pages.get(key)
        if page is not None and self._now() - page.made < _SECONDS:
            return _answer(page, environ, start_response)
        return self._asked(key, environ, start_response)

    def _asked(self, key: _Key, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        said: list[tuple[str, list[tuple[str, str]], object]] = []

        def note(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> object:
            said.append((status, headers, exc_info))
            return None

        # Asked for the whole page: "not modified" would leave nothing to answer the next visitor with.
        answer = self._app({**environ, "HTTP_IF_NONE_MATCH": ""}, note)  # type: ignore[arg-type]
        status, headers, exc_info = said[-1]
        found = {name.lower(): value for name, value in headers}
        if not status.startswith("200") or not _is_shared(found):
            start_response(status, headers, exc_info)  # type: ignore[arg-type]
            return answer
        try:
            body = b"".join(answer)
        finally:
            close = getattr(answer, "close", None)
            if close:
                close()
        page = _Page(self._now(), headers, found.get("etag", ""), body)
        if len(body) <= _LARGEST:
            if len(self._pages) >= _MOST_PAGES:  # invented addresses must not fill the memory
                self._pages = {}
            self._pages[key] = page
        return _answer(page, environ, start_response)


def _is_file(path: str) -> bool:
    """Say whether an address is that of a file, which is not kept here: browsers keep them themselves, for longer."""
    return path.startswith("/static/") or path.endswith(".pdf")


def _key(environ: "WSGIEnvironment") -> _Key:
    """Return what an answer depends on; what else stands in the address is not read by any page that is kept.

    Links that are passed on carry marks of where they were found, another one for everybody.
    """
    host, path, wish = (environ.get(name, "") for name in ("HTTP_HOST", "PATH_INFO", "HTTP_ACCEPT_LANGUAGE"))
    asked = Request(environ).args if environ.get("QUERY_STRING") else {}
    locale, country = asked.get("lang", ""), asked.get("country", "")
    if locale not in PAGE_LOCALES:
        locale = ""
    if not (path.endswith(_BY_COUNTRY) and is_country(country)):
        country = ""
    return host, path, country, locale, locale or wished_locale(wish[:200])


def _is_shared(headers: dict[str, str]) -> bool:
    """Say whether everybody may get this answer, and it is no file."""
    control = headers.get("cache-control", "")
    return control.startswith("public") and "set-cookie" not in headers and "content-disposition" not in headers


def _answer(page: _Page, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    if page.etag and environ.get("HTTP_IF_NONE_MATCH") == page.etag:  # RFC 9110, 13.1.2
        start_response("304 NOT MODIFIED", [one for one in page.headers if one[0].lower() not in _BODY_HEADERS])
        return []
    start_response("200 OK", page.headers)
    return [page.body]


_BODY_HEADERS = {"content-length", "content-type"}
