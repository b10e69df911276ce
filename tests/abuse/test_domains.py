"""Mail domains: throw-away ones are known, and the organisers' lists name nobody."""

import pytest

from campaign.abuse import DomainLists, Verdict, domain_of, domain_rules, is_disposable, most_likely, verdicts
from campaign.core.errors import RefusedError
from tests.conftest import NOW

LISTS = DomainLists(b"k" * 32)
DAY = NOW.date()


@pytest.mark.parametrize("domain", ["mailinator.com", "some.mailinator.com", "0-mail.com"])
def test_throw_away_mailboxes_are_known(domain):
    assert is_disposable(domain)


@pytest.mark.parametrize(
    "domain",
    ["example.org", "proton.me", "tuta.com", "riseup.net", "duck.com", "simplelogin.com", "mozmail.com", "com", "",
     "privaterelay.appleid.com", "somemailinator.example"],
)  # fmt: skip
def test_what_people_at_risk_use_is_not_among_them(domain):
    assert not is_disposable(domain)


def put(database, domain, verdict):
    with database.unit_of_work() as session:
        LISTS.put(session, domain, verdict, DAY)


def verdict_of(database, domain):
    with database.reading() as session:
        return LISTS.verdict(verdicts(session), domain)


def test_a_rule_holds_for_what_lies_below_and_the_nearest_one_decides(database):
    put(database, "example.org", Verdict.BLOCK)
    put(database, "good.example.org", Verdict.ALLOW)
    assert verdict_of(database, "example.org") is Verdict.BLOCK
    assert verdict_of(database, "mail.example.org") is Verdict.BLOCK
    assert verdict_of(database, "mail.good.example.org") is Verdict.ALLOW
    assert verdict_of(database, "example.com") is None
    put(database, "example.org", None)
    assert verdict_of(database, "example.org") is None


def test_the_mail_worker_learns_who_is_blocked_whatever_the_spelling(database):
    put(database, "Bücher.Example", Verdict.BLOCK)
    with database.reading() as session:
        assert LISTS.is_blocked(session, "x@bücher.example")
        assert LISTS.is_blocked(session, "x@XN--BCHER-KVA.example.")
        assert not LISTS.is_blocked(session, "x@example.com")


def test_the_lists_tell_no_domain(database):
    put(database, "example.org", Verdict.BLOCK)
    with database.reading() as session:
        (rule,) = domain_rules(session)
    assert rule.domain_hash == LISTS.hash("example.org")
    assert rule.domain_hash != DomainLists(b"other" * 8).hash("example.org")
    assert "example" not in repr(rule)


@pytest.mark.parametrize("text", ["", "example", "a b.org", "https://example.org", "..", "a" * 70 + ".org"])
def test_what_is_no_domain_is_put_on_no_list(database, text):
    with pytest.raises(RefusedError):
        put(database, text, Verdict.BLOCK)


def test_a_domain_has_one_form():
    assert domain_of("Someone@EXAMPLE.org.") == "example.org"
    assert domain_of("x@ドメイン.テスト") == "xn--eckwd4c7c.xn--zckzah"


def test_from_the_vatican_come_few_signatures():
    assert most_likely("VA") == 5
    assert most_likely("TV") == 96
    assert most_likely("AQ") == 5
    assert most_likely("CA") is None
