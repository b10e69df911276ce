"""Addresses with a slash too many."""

import pytest

from tests.visitor import SLUG

ON_SQLITE_ALONE = "Pages know nothing of the database; what they store is tested in its rooms on both kinds."


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        (f"/{SLUG}/", f"/{SLUG}"),
        (f"/{SLUG}/sign/", f"/{SLUG}/sign"),
        (f"/{SLUG}/sign//", f"/{SLUG}/sign"),
        (f"/{SLUG}/?lang=fr&from=%C3%A9t%C3%A9", f"/{SLUG}?lang=fr&from=%C3%A9t%C3%A9"),
        ("/safety/", "/safety"),
        ("/m/", "/m"),
    ],
)
def test_an_address_with_a_slash_at_its_end_leads_to_the_page_without_it_and_keeps_the_query(visitor, asked, shown):
    answer = visitor.client.get(asked)
    assert (answer.status_code, answer.headers["Location"]) == (308, shown)
    assert visitor.client.head(asked).status_code == 308
    assert visitor.get(shown).status_code == 200


@pytest.mark.parametrize("path", ["/nothing/", f"/{SLUG}/nothing/", "//example.org/", "//example.org//"])
def test_a_slash_at_the_end_of_no_page_leads_nowhere(visitor, path):
    answer = visitor.client.get("/", environ_overrides={"PATH_INFO": path})
    assert answer.status_code == 404
    assert "Location" not in answer.headers


@pytest.mark.parametrize("path", [f"//{SLUG}/", f"///{SLUG}//"])
def test_slashes_at_the_front_never_lead_to_another_host(visitor, path):
    answer = visitor.client.get("/", environ_overrides={"PATH_INFO": path})
    assert not answer.headers.get("Location", "").startswith("//")


@pytest.mark.parametrize("path", [f"/{SLUG}/sign/", f"/{SLUG}/letters/", "/c/token/", "/m/token/", "/m/"])
def test_what_is_sent_to_such_an_address_is_not_passed_on(visitor, path):
    assert visitor.client.post(path, data={"name": "Aygül Qadir"}).status_code in {400, 404}
