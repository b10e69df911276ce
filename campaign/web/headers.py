"""Headers of every response: what the browser may load, whom it may tell, what it may keep."""

from flask import Flask, Response, request

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

SHARED_SECONDS = 5
"""How long proxies and browsers may keep a page that is the same for everybody."""

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


def init_headers(app: Flask, *, https: bool) -> None:
    """Add the headers to every response; pages that say nothing of caching are never stored."""
    always = tuple({**_ALWAYS, **(_HTTPS_ONLY if https else {})}.items())

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers.extend(always)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


def cacheable(response: Response, seconds: int = SHARED_SECONDS) -> Response:
    """Mark a response that is the same for everybody: shared caches may keep it for ``seconds``."""
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    response.headers["Vary"] = "Accept-Language"
    response.add_etag()
    response.make_conditional(request.environ)
    return response
