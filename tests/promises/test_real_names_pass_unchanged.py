"""Names as people of many languages write them: taken as they are, shown as they are, printed without a missing glyph.

None is a person: given names and family names that are common in their language, put together by us.
"""

import io
import unicodedata

import pytest
from pypdf import PdfReader

from tests.visitor import SLUG

NAMES = {
    "LATIN": ["Zoë Ångström-Łukasiewicz", "Nguyễn Thị Hồng Nhung", "Seán Ó Briain", "Ngũgĩ wa Mwangi", "Sørine Ærø",
              "Jean-François d’Aubigné", "María José Ñáñez", "Gülşen Yıldız", "İlknur Iğdır", "O'Connor", "Ő",
              "Ọlábísí Adé", "Þóra Ísaksdóttir", "Ayşe Şahin", "João dos Santos e Silva", "Mʼbarek"],
    "ARABIC": ["ئايگۈل قادىر", "محمد‌رضا کیانی", "عبد الرحمن", "پروین اعتمادی", "نور الهدى", "مەھمۇت جان", "ٹیپو خان",
               "ئەزیز"],
    "CYRILLIC": ["Қайрат Бекұлы", "Ҡәмилә Әбдіғали", "Олександра Гнатюк", "Ђорђе Ћирић", "Наталья Объедкова",
                 "Өлзий Баяр"],
    "GREEK": ["Γιώργος Παπαδόπουλος", "Ἀθηνᾶ", "Αϊντίν"],
    "HEBREW": ["שָׂרָה לֵוִי", "דוד כהן", "צ׳רלי"],
    "CJK": ["王小明", "歐陽美玲", "山田太郎", "阿依古丽·卡德尔", "买买提"],
    "HIRAGANA": ["やまだ たろう", "さとう はなこ"],
    "KATAKANA": ["ジョン・スミス", "アイグル"],
    "HANGUL": ["김철수", "박서연", "이"],
    "DEVANAGARI": ["अनुराधा शर्मा", "कृष्ण", "क्षितिज"],
    "BENGALI": ["অনুরাধা সেন", "শ্রীময়ী"],
    "TAMIL": ["அன்பு செல்வன்", "ஸ்ரீ"],
    "SINHALA": ["අනුර", "ක්‍රිශාන්ති"],
    "THAI": ["สมชาย ใจดี", "น้ำทิพย์"],
    "TIBETAN": ["བསྟན་འཛིན", "ཚེ་རིང་སྒྲོལ་མ"],
    "MONGOLIAN": ["ᠪᠠᠶᠠᠷ", "ᠰᠠᠷᠠ"],
    "GEORGIAN": ["გიორგი", "ნინო"],
    "ARMENIAN": ["Արամ", "Անահիտ"],
    "ETHIOPIC": ["አበበ በቀለ", "ሰላም"],
    "KHMER": ["សុខា", "ចន្ធូ"],
    "MYANMAR": ["အောင်", "ခင်မြင့်"],
}  # fmt: skip

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # it is sealed before it is stored


def test_there_are_sixty_names_in_a_dozen_scripts(database_url):
    assert sum(map(len, NAMES.values())) >= 60
    assert len(NAMES) >= 12


@pytest.mark.parametrize("script", NAMES)
def test_a_name_comes_back_as_it_was_typed(visitor, script):
    for number, name in enumerate(NAMES[script]):
        assert unicodedata.name(next(one for one in name if one.isalpha())).startswith(script)
        assert visitor.sign(name=name, email=f"{number}@example.org").status_code == 303
        written = unicodedata.normalize("NFC", name).replace("'", "&#39;")
        for page in (f"/{SLUG}/letters", f"/{SLUG}/letters/president.txt", f"/{SLUG}/sign"):
            assert written in visitor.get(page).text.replace("'", "&#39;"), name
        pdf = visitor.get(f"/{SLUG}/letters/president.pdf")
        assert pdf.status_code == 200, name  # a missing glyph would be a page that says so
        assert len(PdfReader(io.BytesIO(pdf.data)).pages) == 1, name
