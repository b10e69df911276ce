"""Promise: a mail filter that opens every link, and runs the scripts it finds, signs for nobody and deletes nobody."""

import pytest

from campaign.signatures import LinkPurpose, State
from tests.links import link_to, only_id, state_of
from tests.promises.conftest import addresses
from tests.visitor import Visitor


@pytest.fixture
def links(visitor, runtime):
    """The two links of the mail to somebody who has just signed."""
    visitor.sign()
    row_id = only_id(runtime.database)
    return {purpose: link_to(runtime.database, row_id, purpose) for purpose in LinkPurpose}


def pages(app, links, method):
    """Return the address of every page of links that knows the method, walked from the list of routes."""
    found = []
    for endpoint, path in addresses(app, method).items():
        if path.startswith(("/c/", "/m/")) and "A" * 43 in path:
            purpose = LinkPurpose.CONFIRM if path.startswith("/c/") else LinkPurpose.MANAGE
            found.append((endpoint, path.replace("A" * 43, links[purpose])))
    assert len(found) >= 4
    return found


def test_no_page_of_a_link_does_anything_when_it_is_opened(app, runtime, links):
    row_id = only_id(runtime.database)
    for _endpoint, path in pages(app, links, "GET"):
        for _ in range(25):
            for method in ("GET", "HEAD"):
                assert app.test_client().open(path, method=method).status_code == 200
    assert only_id(runtime.database) == row_id
    assert state_of(runtime.database, row_id) is State.UNVERIFIED


def test_a_button_pressed_without_having_seen_the_page_does_nothing(app, runtime, links):
    row_id = only_id(runtime.database)
    for endpoint, path in pages(app, links, "POST"):
        assert app.test_client().post(path).status_code == 400, endpoint
    assert state_of(runtime.database, row_id) is State.UNVERIFIED


def test_the_pages_run_no_script_that_could_press_it(app, links):
    for endpoint, path in pages(app, links, "GET"):
        assert "<script" not in app.test_client().get(path).text, endpoint


def test_the_button_itself_works(app, runtime, links):
    path = f"/c/{links[LinkPurpose.CONFIRM]}"
    assert Visitor(app).post(path).status_code == 303
    assert state_of(runtime.database, only_id(runtime.database)) is State.CONFIRMED


def test_no_log_holds_a_link(app, links, caplog):
    caplog.set_level("DEBUG")
    for _endpoint, path in pages(app, links, "GET"):
        app.test_client().get(path)
    assert not [token for token in links.values() if token in caplog.text]
