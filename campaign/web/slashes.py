"""Addresses that were passed on with a slash at the end: they lead to the page without it."""

from flask import Flask, current_app, redirect, request
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.wrappers import Response


def init_slashes(app: Flask) -> None:
    """Let nobody meet "no such page" for a slash too many; werkzeug's rules add one, and never take one away."""
    app.before_request(_without_slash)


def _without_slash() -> Response | None:
    """Lead to the same address and query without the slash, for good (RFC 9110, 15.4.9), where there is a page."""
    if request.method not in {"GET", "HEAD"} or not isinstance(request.routing_exception, NotFound):
        return None
    adapter = current_app.create_url_adapter(request)
    if adapter is None or not request.path.endswith("/"):
        return None
    try:
        endpoint, values = adapter.match(request.path.rstrip("/"), "GET")
    except HTTPException:  # no page either, or a page under yet another address
        return None
    if "slug" in values and current_app.extensions["campaign"].shelf.get(values["slug"]) is None:
        return None
    # Built from the rule and not from what was asked for: two slashes at the front would name another host.
    address = adapter.build(endpoint, values)
    query = request.query_string.decode("latin-1")
    return redirect(f"{address}?{query}" if query else address, 308)
