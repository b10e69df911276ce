"""The mail that makes a signature count is in a language that its reader has just read."""

import pytest

from campaign.app import create_app
from tests.visitor import JOURNEY, SLUG, Visitor

ON_SQLITE_ALONE = "Pages know nothing of the database; what they store is tested in its rooms on both kinds."

CHINESE_BROWSER = "zh-CN,zh;q=0.9,en;q=0.8"
SUBJECTS = {"en": "Please confirm", "fr": "Merci de confirmer", "zh-Hans": "请确认"}


@pytest.mark.parametrize(
    ("page", "letters", "browser", "mail"),
    [
        ("fr", "zh-Hans", "fr-FR,fr;q=0.9,en;q=0.8", "fr"),
        ("fr", "en", "fr-FR,fr;q=0.9,en;q=0.8", "fr"),
        ("en", "zh-Hans", "en-GB", "en"),
        ("en", "fr", "en-GB", "en"),
        ("en", "zh-Hans", CHINESE_BROWSER, "zh-Hans"),
        ("en", "en", CHINESE_BROWSER, "en"),
    ],
)
def test_it_is_the_language_of_the_page_or_the_one_of_the_browser_that_only_mails_speak(
    mail_runtime, mail_server, page, letters, browser, mail
):
    visitor = Visitor(create_app(runtime=mail_runtime))
    reader = {"Accept-Language": browser}
    visitor.post(f"/{SLUG}/sign?lang={page}", JOURNEY | {"locale": letters}, headers=reader)
    assert mail_runtime.delivery.run().taken == 1
    [sent] = mail_server.to(JOURNEY["email"])
    assert sent["Subject"].startswith(SUBJECTS[mail]), sent["Subject"]
