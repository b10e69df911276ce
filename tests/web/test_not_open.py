"""Pages that cannot be had now say so in words that fit, and lead to where it goes on."""

from datetime import timedelta

import pytest

from tests.visitor import SLUG

ON_SQLITE_ALONE = "Pages know nothing of the database; what they store is tested in its rooms on both kinds."

EN = {"Accept-Language": "en"}
HEAD = 'country = "CN"\nlocales'
PATHS = ("sign", "letters", "letters/president.pdf", "letters/blank")


@pytest.mark.parametrize("path", PATHS)
def test_an_appeal_that_opens_later_is_not_called_gone(visitor, publish_changed, path):
    publish_changed(HEAD, 'country = "CN"\nopens = 2026-11-30\nlocales')
    page = visitor.get(f"/{SLUG}/{path}", headers=EN).text
    assert "<h1>This is not open yet</h1>" in page
    assert "opens on 30 November 2026. Please come back then." in page
    assert "no longer here" not in page


def test_an_appeal_that_is_over_is_no_longer_here(visitor, publish_changed):
    publish_changed(HEAD, 'country = "CN"\nclosed = true\nlocales')
    page = visitor.get(f"/{SLUG}/letters", headers=EN).text
    assert "<h1>This is no longer here</h1>" in page
    assert f'href="/{SLUG}/sign"' not in page


@pytest.mark.parametrize("path", ["letters", "letters/president.pdf", "letters/labels.pdf"])
def test_who_comes_back_after_an_hour_is_led_to_the_form_to_fill_in_again(visitor, clock, path):
    visitor.sign()
    clock.advance(timedelta(minutes=61))
    answer = visitor.get(f"/{SLUG}/{path}", headers=EN)
    assert answer.status_code == 410
    assert "Fill in the form again." in answer.text
    assert f'class="button" href="/{SLUG}/sign"' in answer.text
