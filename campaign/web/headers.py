"""Headers of every response: what the browser may load, whom it may tell, what it may keep."""

from flask import Flask, Response, request

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

SHARED_SECONDS = 1
"""How long proxies and browsers may keep a page that is the same for everybody: it is made once a second at most."""

_ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: the form protection compares the Referer with the host on https and would refuse every form.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_HTTPS_ONLY = {"Strict-Transport-Security": "max-age=31536000"}

_LATER = {429: "60", 503: "120"}
"""In how many seconds it is worth trying again (RFC 9110, 10.2.3)."""

_LINK_PATHS = ("/c/", "/m/")
"""Addresses that hold a token. Whoever has the address has the signature, so nothing may keep or list it."""


def init_headers(app: Flask, *, https: bool) -> None:
    """Add the headers to every response; what says nothing of caching is neither stored nor found by a search."""
    always = tuple({**_ALWAYS, **(_HTTPS_ONLY if https else {})}.items())

    @app.after_request
    def add_headers(response: Response) -> Response:
        headers = response.headers
        headers.extend(always)
        if request.path.startswith(_LINK_PATHS):
            headers["Cache-Control"] = "no-store"
        if headers.setdefault("Cache-Control", "no-store") == "no-store":
            headers["X-Robots-Tag"] = "noindex"
        if response.status_code in _LATER:
            headers.setdefault("Retry-After", _LATER[response.status_code])
        return response


def cacheable(response: Response, seconds: int = SHARED_SECONDS) -> Response:
    """Mark a response that is the same for everybody: shared caches may keep it for ``seconds``."""
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    response.headers["Vary"] = "Accept-Language"
    response.add_etag()
    response.make_conditional(request.environ)
    return response
