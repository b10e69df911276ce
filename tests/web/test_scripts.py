"""Names of any script: a character is printed as itself, or named on the form before anything is drawn."""

import pytest

from tests.letters.reading import pages_by_pdfium
from tests.visitor import SLUG

ON_SQLITE_ALONE = "Pages know nothing of the database; what they store is tested in its rooms on both kinds."

# Characters that names hold and small fonts leave out: rare and historic Han, extension A, Tibetan stacks, Uyghur.
PRINTED = ("龚䶮", "㐂堃喆镕", "䲟㭎㛃", "龍龜鬱", "བསྟན་འཛིན", "ئايگۈل قادىر", "Қадырқызы", "ߞߊ߬ߙߊ")
# Extension B and later, syllables beyond KS X 1001, emoji: no font of the pack has them.
REFUSED = ("𠮷", "𡃁", "𪚥", "쀍", "😀")


@pytest.mark.parametrize("name", PRINTED)
def test_a_name_the_form_takes_is_on_the_paper(visitor, name):
    assert visitor.letters_only(name=name, city="", address="").status_code == 303
    pdf = visitor.get(f"/{SLUG}/letters/president.pdf")
    assert pdf.status_code == 200
    text = "".join(pages_by_pdfium(pdf.data))
    assert {one for one in name if one.isalpha()} <= set(text)


@pytest.mark.parametrize("character", REFUSED)
@pytest.mark.parametrize("field", ["name", "city", "address", "words"])
def test_a_character_without_a_glyph_is_named_at_the_form_and_nothing_typed_is_lost(visitor, field, character):
    answer = visitor.letters_only(**{field: f"Li {character}"})
    assert answer.status_code == 422
    assert f"cannot print these characters: {character} " in answer.text
    assert f"Li {character}" in answer.text
    assert visitor.get(f"/{SLUG}/letters/president.pdf").status_code == 410


def test_what_cannot_be_printed_cannot_be_signed_with_either(visitor):
    answer = visitor.sign(name="𠮷田")
    assert answer.status_code == 422
    assert "𠮷" in answer.text
