"""Consents: three, separate, unticked; what was agreed to is sealed with its wording, and nobody else handed over."""

import csv
import io
import itertools
import re

import pytest

from campaign.exports import Purpose, export_signatures
from campaign.web.public.consents import CONSENT_VERSION
from tests.visitor import SLUG, Visitor

BOXES = ("consent_count", "consent_show", "consent_handover")


@pytest.fixture
def exported(runtime, key_pair):
    """Open what was sealed, as organisers do for a purpose."""

    def export(purpose):
        out = io.BytesIO()
        with runtime.database.reading() as session:
            row_key = runtime.keys.row_key
            export_signatures(session, key_pair.private, SLUG, purpose, out, row_key, with_unverified=True)
        return list(csv.DictReader(io.StringIO(out.getvalue().decode("utf-8-sig"))))

    return export


@pytest.mark.parametrize("language", ["en", "fr"])
def test_three_boxes_each_with_a_sentence_of_its_own_and_none_is_ticked(visitor, language):
    page = visitor.get(f"/{SLUG}/sign?lang={language}").text
    sentences = set()
    for name in BOXES:
        tag = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)[0]
        assert 'type="checkbox"' in tag
        assert "checked" not in tag
        label = re.search(rf'<label[^>]*for="{name}"[^>]*>(.*?)</label>', page, re.DOTALL)[1]
        sentence = re.sub(r"<[^>]+>", "", label).strip()
        assert sentence.endswith(".")
        sentences.add(sentence)
    assert len(sentences) == len(BOXES)


def test_what_is_sealed_is_what_was_ticked_and_which_wording(app, exported):
    for number, (show, handover) in enumerate(itertools.product((None, "y"), repeat=2)):
        answer = Visitor(app).sign(email=f"n{number}@example.org", consent_show=show, consent_handover=handover)
        assert answer.status_code == 303
    rows = sorted(exported(Purpose.FULL), key=lambda row: row["email"])
    found = [(row["consent to count"], row["consent to show"], row["consent to hand over"]) for row in rows]
    assert found == [("yes", "no", "no"), ("yes", "no", "yes"), ("yes", "yes", "no"), ("yes", "yes", "yes")]
    assert {row["consent text"] for row in rows} == {CONSENT_VERSION}


def test_only_who_agreed_to_exactly_that_is_handed_over_by_name_and_country_alone(app, exported):
    Visitor(app).sign(name="Said Yes", email="yes@example.org", country="FR", consent_handover="y")
    Visitor(app).sign(name="Said No", email="no@example.org", consent_show="y")
    assert exported(Purpose.HANDOVER) == [{"name": "Said Yes", "country": "FR"}]


def test_without_the_first_there_is_no_signature_whatever_else_is_ticked(visitor, exported):
    assert visitor.sign(consent_count=None, consent_show="y", consent_handover="y").status_code == 422
    assert exported(Purpose.FULL) == []
