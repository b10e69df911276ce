"""Whoever has lost the link and the mailbox needs somebody to ask."""

from campaign.app import create_app
from tests.site import make_settings
from tests.visitor import SLUG, Visitor


def test_the_organisers_address_stands_at_the_foot_of_every_page(runtime, tmp_path, database_url):
    runtime.settings = make_settings(tmp_path, database_url, contact="letters@example.org")
    visitor = Visitor(create_app(runtime=runtime))
    for path in (f"/{SLUG}", f"/{SLUG}/sign", "/m", "/safety", "/nothing/here"):
        assert 'href="mailto:letters@example.org"' in visitor.client.get(path).text


def test_without_an_address_there_is_no_empty_line_for_one(visitor):
    assert "mailto:" not in visitor.get("/safety").text
