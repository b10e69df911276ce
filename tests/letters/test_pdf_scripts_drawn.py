"""The words on the paper are the words that were meant: each is compared with HarfBuzz's own drawing of it."""

import unicodedata
from collections.abc import Iterator

import pytest

from campaign.letters.typefaces import FAMILIES
from campaign.letters.workers import Renderer
from tests.letters.on_paper import drawn
from tests.letters.shaping import UNJOINED, Run, drawing, font_for, glyphs, unlike

# One word for each font of the pack; the ones with joined, stacked or reordered signs where the script has them.
WORDS = {
    "Letter Serif": ("Nguyễn", "Ångström", "Həsənov", "Щукина", "Қадырқызы", "Παπαδοπούλου"),
    "Letter Naskh": ("ئايگۈل", "ٹیپو", "محمد"),
    "Letter Han": ("欧阳雪梅", "さくら"),
    "Letter Han Traditional": ("嫺諏",),
    "Letter Hangul": ("김지영",),
    "Letter Tibetan": ("བསྟན་འཛིན་རྒྱ་མཚོ",),
    "Letter Devanagari": ("प्रिया", "श्रीवास्तव"),
    "Letter Bengali": ("চট্টোপাধ্যায়",),
    "Letter Gurmukhi": ("ਗੁਰਪ੍ਰੀਤ",),
    "Letter Gujarati": ("કૃષ્ણા",),
    "Letter Tamil": ("கிருஷ்ணமூர்த்தி",),
    "Letter Telugu": ("వెంకటేశ్వర్లు",),
    "Letter Kannada": ("ಶ್ರೀನಿವಾಸ",),
    "Letter Malayalam": ("കൃഷ്ണൻ",),
    "Letter Sinhala": ("ශ්\u200dරී",),
    "Letter Thai": ("สมชาย",),
    "Letter Lao": ("ສົມພອນ",),
    "Letter Khmer": ("ព្រះសុខា",),
    "Letter Myanmar": ("မြန်မာ",),
    "Letter Georgian": ("ბერიძე",),
    "Letter Armenian": ("Հակոբյան",),
    "Letter Hebrew": ("שָׁלוֹם",),
    "Letter Ethiopic": ("አበበ",),
    "Letter Mongolian": ("ᠮᠣᠩᠭᠣᠯ",),
    "Letter Oriya": ("କୃଷ୍ଣ",),
    "Letter Thaana": ("މުހައްމަދު",),
    "Letter Tifinagh": ("ⴰⵎⵓⵔ",),
    "Letter NKo": ("ߞߊ߬ߙߊ",),
    "Letter Wide": ("䶮㐂",),
}
SIGNS = {"Letter Symbols", "Letter Shapes", "Letter Arrows"}
# Scripts whose letters change with their neighbours: drawn one by one they would be another word.
JOINED = ("ئايگۈل", "ٹیپو", "محمد", "བསྟན་འཛིན་རྒྱ་མཚོ", "ᠮᠣᠩᠭᠣᠯ", "ߞߊ߬ߙߊ")
TIBETAN = ("བཀྲ་ཤིས", "སྒྲོལ་མ", "བསྒྲུབས", "རྫོགས་ཆེན", "ཧཱུྃ", "ལྷ་ས", "རྒྱལ་མཚན", "པདྨེ")
AT_MOST = 0.18


def near_misses(word: str) -> Iterator[str]:
    """The word with two neighbouring letters exchanged, and backwards: what a wrong order would draw."""
    exchanged = (word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1))
    same = unicodedata.normalize("NFC", word)
    # Two marks of one letter may stand in either order: that is the same word.
    yield from (other for other in (*exchanged, word[::-1]) if unicodedata.normalize("NFC", other) != same)


def test_every_font_of_the_pack_has_its_words_here() -> None:
    assert set(WORDS) | SIGNS == set(FAMILIES)
    for family, words in WORDS.items():
        assert {font_for(word).stem.partition("-")[0] for word in words} == {family.replace(" ", "")}


@pytest.mark.parametrize("family", WORDS)
def test_a_word_of_each_script_is_drawn_as_harfbuzz_draws_it(renderer: Renderer, family: str) -> None:
    for word, paper in drawn(renderer, WORDS[family]):
        right = unlike(drawing(word), paper)
        assert right < AT_MOST, f"{word} does not look like itself: {right:.2f}"
        for other in near_misses(word):
            assert unlike(drawing(other), paper) > right, f"{word} looks more like {other}"


@pytest.mark.parametrize("word", JOINED)
def test_letters_that_join_or_stack_are_not_drawn_one_by_one(renderer: Renderer, word: str) -> None:
    ((_, paper),) = drawn(renderer, [word])
    assert unlike(drawing(word, UNJOINED), paper) > 2 * unlike(drawing(word), paper)


def test_every_tibetan_stack_is_drawn_as_a_stack(renderer: Renderer) -> None:
    for word, paper in drawn(renderer, TIBETAN):
        right = unlike(drawing(word), paper)
        assert right < AT_MOST, f"{word}: {right:.2f}"
        assert unlike(drawing(word, UNJOINED), paper) > 2 * right, f"{word} fell apart"
        # Letters that stand below others take no room of their own in the line.
        assert len(glyphs(Run(word, font_for(word))).glyph_infos) < len(word)


def test_another_letter_in_a_word_would_be_seen() -> None:
    for word, other in (("Қадырқызы", "Кадыркызы"), ("བསྟན", "བསྟཏ"), ("欧阳雪梅", "欧阳雪海"), ("김지영", "김지연")):
        assert unlike(drawing(word), drawing(other)) > AT_MOST
        assert unlike(drawing(word), drawing(word)) == 0
