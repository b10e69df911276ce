"""Who has signed: the form answers, works and writes the same for somebody new, known, withdrawn and blocked."""

import re

import pytest
from sqlalchemy import select

from campaign.abuse import Verdict
from campaign.app import create_app
from campaign.appeals.editions import Shelf
from campaign.signatures import Signature, withdraw
from tests.statements import noted
from tests.visitor import JOURNEY, SLUG, Visitor, form_token

SIGN = f"/{SLUG}/sign"
KNOWN, WITHDRAWN, BLOCKED, NEW = "known@aa.example", "gone@bb.example", "some@cc.example", "someone@dd.example"


@pytest.fixture
def site(mail_runtime, monkeypatch):
    """A site with a mail server, that knows one signer, lost one, and blocks a domain."""
    monkeypatch.setattr("campaign.runtime._KNOWN_SECONDS", 1e9)  # what is read once a second is read before,
    mail_runtime.shelf = Shelf(mail_runtime.database, seconds=1e9)  # and what is read every other second
    visitor = Visitor(create_app(runtime=mail_runtime))
    with mail_runtime.database.unit_of_work() as session:
        mail_runtime.guard.lists.put(session, "cc.example", Verdict.BLOCK, mail_runtime.clock.now().date())

    def sign(email):
        visitor.client.delete_cookie(f"letter-{SLUG}")
        token = form_token(visitor.client.get(SIGN).text)
        return visitor.client.post(SIGN, data={**JOURNEY, "email": email, "csrf_token": token})

    assert sign(WITHDRAWN).status_code == 303
    with mail_runtime.database.unit_of_work() as session:
        gone = session.scalars(select(Signature.id)).one()
        assert withdraw(session, mail_runtime.keys.outbox_key, SLUG, gone)
    sign(KNOWN)
    return mail_runtime, sign


def observed(runtime, sign, email):
    """Return the answer without what is random in it, and every statement with the shape of its values."""
    with noted(runtime.database) as statements:
        answer = sign(email)
    done = [(statement, *_shapes(rows)) for statement, rows in statements]
    headers = [(name, re.sub(rf"letter-{SLUG}=[\w-]{{53}}", "token", value)) for name, value in answer.headers]
    headers = [(name, re.sub(r"Expires=[^;]+", "soon", value)) for name, value in headers]
    return (answer.status, answer.data, headers), done


def _shapes(rows):
    shapes = [[len(str(one)) if isinstance(one, str) else type(one).__name__ for one in _values(row)] for row in rows]
    return shapes, [len(one) for row in rows for one in _values(row) if isinstance(one, bytes)]


def _values(row):
    return list(row.values()) if isinstance(row, dict) else list(row)


def test_everybody_gets_the_same_answer_from_the_same_work(site):
    runtime, sign = site
    answers, work = zip(*(observed(runtime, sign, one) for one in (NEW, KNOWN, WITHDRAWN, BLOCKED)), strict=True)
    assert answers[0][0] == "303 SEE OTHER"
    assert all(answer == answers[0] for answer in answers)
    assert any("INSERT INTO signature" in statement for statement, *_rest in work[0])
    assert any("INSERT INTO outbox" in statement for statement, *_rest in work[0])
    assert any("INSERT INTO rate" in statement for statement, *_rest in work[0])
    for one in work[1:]:
        assert [statement for statement, *_rest in one] == [statement for statement, *_rest in work[0]]
        assert [sizes for *_rest, sizes in one] == [sizes for *_rest, sizes in work[0]]


def test_over_the_limit_everybody_is_asked_for_the_same(site, monkeypatch):
    runtime, sign = site
    monkeypatch.setattr(runtime.guard, "_always_on", frozenset({("force-proof", "")}))
    pages = []
    for email in (NEW, KNOWN, WITHDRAWN, BLOCKED):
        answer = sign(email)
        assert answer.status_code == 429
        page = re.sub(r'name="csrf_token"[^>]*value="[^"]+"', "", answer.text)
        pages.append(page.replace(email, "…"))
    assert all(page == pages[0] for page in pages)


def test_only_the_mail_differs_and_to_a_blocked_domain_there_is_none(site, mail_server):
    runtime, sign = site
    for email in (NEW, BLOCKED):
        sign(email)
    runtime.delivery.run()
    assert len(mail_server.to(NEW)) == 1
    assert mail_server.to(BLOCKED) == []
