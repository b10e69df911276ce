"""From the form to the organisers' file: what they get, and what nobody gets."""

import csv
import io

from campaign.exports import Purpose, export_signatures
from tests.visitor import SLUG, Visitor

SIGNERS = [
    {"name": "Aygül Qadir", "email": "aygul@example.org", "country": "CA", "consent_handover": "y"},
    {"name": "ئايگۈل قادىر", "email": "second@example.org", "country": "FR", "locale": "fr"},
    {"name": "Қайрат Бекұлы", "email": "third@example.org", "country": "KZ", "locale": "zh-Hans"},
    {"name": "=HYPERLINK(1)A", "email": "fourth@example.org", "country": "BT", "consent_handover": "y"},
]


def exported(runtime, key_pair, purpose: Purpose) -> list[dict[str, str]]:
    out = io.BytesIO()
    with runtime.database.reading() as session:
        report = export_signatures(
            session, key_pair.private, SLUG, purpose, out, runtime.keys.row_key, with_unverified=True
        )
    assert report.left_out == []
    return list(csv.DictReader(io.StringIO(out.getvalue().decode("utf-8-sig"))))


def sign_all(app) -> None:
    for signer in SIGNERS:
        visitor = Visitor(app)
        assert visitor.sign(**signer).status_code == 303
        for name in ("president.pdf", "all.pdf", "president.eml", "president.txt"):
            assert visitor.get(f"/{SLUG}/letters/{name}").status_code == 200


def test_organisers_get_the_names_as_they_were_typed(app, runtime, key_pair):
    sign_all(app)
    rows = exported(runtime, key_pair, Purpose.FULL)
    assert {row["name"].removeprefix("'") for row in rows} == {signer["name"] for signer in SIGNERS}
    assert {row["country"] for row in rows} == {"CA", "FR", "KZ", "BT"}
    assert not any(value.startswith(("=", "+", "-", "@")) for row in rows for value in row.values())


def test_the_addressees_get_only_those_who_agreed_and_only_name_and_country(app, runtime, key_pair):
    sign_all(app)
    rows = exported(runtime, key_pair, Purpose.HANDOVER)
    assert sorted(row["country"] for row in rows) == ["BT", "CA"]
    assert all(set(row) == {"name", "country"} for row in rows)


def test_street_address_and_own_words_are_in_no_export(app, runtime, key_pair):
    sign_all(app)
    for purpose in (Purpose.FULL, Purpose.CONTACT, Purpose.HANDOVER):
        text = str(exported(runtime, key_pair, purpose))
        assert "Rue Principale" not in text
        assert "nurse" not in text
