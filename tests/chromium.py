"""Debian's Chromium, one for all tests of a process: a second Playwright beside it would not start."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

CHROMIUM = "/usr/bin/chromium"
_SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # A name that is not this machine's to the browser, as the address of another one in the same network is not.
    "--host-resolver-rules=MAP letters.test 127.0.0.1",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests; what is expected of a page may take a busy machine its time."""
    assert Path(CHROMIUM).exists(), "the browser tests need Debian's chromium: run bin/test, which installs it"
    with sync_playwright() as playwright:
        expect.set_options(timeout=60_000)
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=_SWITCHES)
        yield chromium
        chromium.close()
