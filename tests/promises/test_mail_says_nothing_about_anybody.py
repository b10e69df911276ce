"""A mail, read by somebody it is not for, says that an address was left at a site: no name, no cause, no pixel."""

import re
from html.parser import HTMLParser

import pytest

from campaign.app import create_app
from tests.visitor import JOURNEY, SLUG, Visitor

ON_SQLITE_ALONE = "It is sealed before it is stored."

LOADING = {"src", "srcset", "background", "poster", "style", "data", "action"}
TYPED = ("Aygül", "Qadir", "Montréal", "Rue Principale", "nurse", "families")
CAUSE = ("Xinjiang", "61/21", "ua-61-21", "Uyghur", "Ouïghour", "Amnesty", "petition", "pétition", "China", "Chine")


class Parts(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


BROWSERS = {"en": "en", "fr": "fr", "zh-Hans": "zh-CN,zh;q=0.9,en;q=0.8"}


@pytest.fixture
def mail(mail_runtime, mail_server, locale):
    """The mail that somebody gets who filled in the form."""
    reader = {"Accept-Language": BROWSERS[locale]}
    Visitor(create_app(runtime=mail_runtime)).post(f"/{SLUG}/sign", JOURNEY | {"locale": locale}, headers=reader)
    assert mail_runtime.delivery.run().taken == 1
    (mail,) = mail_server.to(JOURNEY["email"])
    return mail


@pytest.mark.parametrize("locale", ["en", "fr", "zh-Hans"])
def test_a_mail_names_neither_the_person_nor_the_cause(mail):
    shown = [str(mail), *(part.get_content() for part in mail.walk() if not part.is_multipart())]
    for word in (*TYPED, *CAUSE):
        assert not [text for text in shown if word.casefold() in text.casefold()], word
    assert mail["To"] == JOURNEY["email"]
    assert not {"Cc", "Bcc", "Reply-To", "List-Unsubscribe", "X-Mailer", "Received"} & set(mail.keys())
    assert mail["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize("locale", ["en", "fr", "zh-Hans"])
def test_a_mail_loads_nothing_and_each_link_is_a_line_of_its_own(mail):
    text = mail.get_body(("plain",)).get_content()
    links = [line for line in text.splitlines() if "://" in line]
    assert [re.sub(r"[\w-]{43}$", "TOKEN", link) for link in links] == [
        "http://localhost/c/TOKEN",
        "http://localhost/m/TOKEN",
    ]
    page = mail.get_body(("html",)).get_content()
    tags = Parts(page).tags
    assert {tag for tag, _ in tags} == {"html", "head", "meta", "title", "style", "body", "p", "a"}
    assert not re.search(r"url\(|@import|http-equiv", page)
    assert not [tag for tag, attributes in tags if LOADING & attributes.keys()]
    assert [attributes["href"] for tag, attributes in tags if tag == "a"] == links
    assert [part.get_content_type() for part in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]


def test_no_link_is_the_same_in_two_mails(mail_runtime, mail_server):
    visitor = Visitor(create_app(runtime=mail_runtime))
    for _ in range(3):
        visitor.sign()
    mail_runtime.delivery.run()
    found = [re.findall(r"/[cm]/([\w-]{43})", mail.get_body(("plain",)).get_content()) for mail in mail_server.taken]
    tokens = [token for one in found for token in one]
    assert len(tokens) == len(set(tokens)) == 6
