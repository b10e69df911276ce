"""A supporter with a browser and no JavaScript; every page they load is held against the rules all pages share."""

import re
from collections import Counter
from typing import Any

import html5lib
from flask import Flask
from html5lib.treebuilders import getTreeBuilder
from werkzeug.test import TestResponse

SLUG = "ua-61-21"
JOURNEY = {
    "name": "Aygül Qadir",
    "email": "aygul@example.org",
    "country": "CA",
    "city": "Montréal",
    "address": "12 Rue Principale",
    "locale": "en",
    "demands": ["release", "disclose", "access", "protect"],
    "words": "I am a nurse, and I think of the families.",
    "consent_count": "y",
}


class Visitor:
    """One browser: it keeps cookies, finds the form token by itself and complains about bad pages."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()

    def get(self, path: str, **options: Any) -> TestResponse:
        """Load an address; HTML is checked."""
        return checked(self.client.get(path, **options))

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        """Send a form with the token of the page that carries it."""
        token = self.token()
        return checked(self.client.post(path, data={"csrf_token": token, **(data or {})}, **options))

    def a_second_later(self) -> None:
        """Let the site forget the pages that it answers with for a second."""
        self.client.application.wsgi_app._pages.clear()  # type: ignore[attr-defined]

    def token(self) -> str:
        """Return the form token this browser's session holds."""
        return form_token(self.client.get(f"/{SLUG}/sign").text)

    def sign(self, **changes: Any) -> TestResponse:
        """Fill in the form and sign; a change to None leaves the field out."""
        data = {name: value for name, value in {**JOURNEY, **changes}.items() if value is not None}
        return self.post(f"/{SLUG}/sign", data)

    def letters_only(self, **changes: Any) -> TestResponse:
        """Fill in the form and take only the letters."""
        data = {name: value for name, value in {**JOURNEY, **changes}.items() if value is not None}
        return self.post(f"/{SLUG}/letters", data)


def form_token(page: str) -> str:
    """Return the token of the form on a page."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found, "the form has no token"
    return found.group(1)


def checked(response: TestResponse) -> TestResponse:
    """Hold a page against what every page must be; anything but HTML passes."""
    assert response.status_code != 500, "a page broke"
    if response.mimetype != "text/html" or response.status_code in {204, 301, 302, 303, 304}:
        return response
    parser = html5lib.HTMLParser(tree=getTreeBuilder("etree"), namespaceHTMLElements=False)
    tree = parser.parse(response.data)
    errors = [error for error in parser.errors if error[1] != "expected-doctype-but-got-start-tag"]
    assert not errors, f"not valid HTML: {errors[:3]}"
    headings = ["".join(one.itertext()).split() for one in tree.iter("h1")]
    assert len(headings) == 1, "a page has exactly one h1"
    title = "".join(tree.find(".//title").itertext()).split()
    if title[0] in {"Error:", "Erreur"}:
        del title[: title.index(headings[0][0])]
    assert title[: len(headings[0])] == headings[0], f"the title {title} starts with the h1 {headings[0]}"
    ids = Counter(one.get("id") for one in tree.iter() if isinstance(one.tag, str) and one.get("id"))
    assert not [name for name, n in ids.items() if n > 1], "ids are unique"
    root = tree if tree.tag == "html" else tree.find(".//html")
    assert root.get("lang"), "the page says its language"
    assert not list(tree.iter("style")), "no inline style"
    for element in tree.iter():
        if isinstance(element.tag, str):
            assert element.get("style") is None, "no style attribute"
            assert not [name for name in element.attrib if str(name).startswith("on")], "no inline handlers"
    for paragraph in tree.iter("p"):
        glued = re.search(r"\w*[a-zé]\.[A-ZÀÉ][a-zé]\w*", "".join(paragraph.itertext()))
        assert not glued, f"sentences run together: {glued.group(0)}"
    for script in tree.iter("script"):
        assert script.get("src"), "no inline script"
    for form in tree.iter("form"):
        if form.get("method", "").lower() == "post":
            assert [one for one in form.iter("input") if one.get("name") == "csrf_token"], "forms are protected"
    return response
