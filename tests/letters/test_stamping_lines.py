"""Own lines and the fonts they bring along, one step at a time."""

from dataclasses import replace
from io import BytesIO

import pytest
from fontTools.ttLib import TTFont

from campaign.letters.layouts import Layout
from campaign.letters.letter import Note
from campaign.letters.stamping.faces import face_named, face_of
from campaign.letters.stamping.placeholders import key_of, own_texts, with_placeholders
from campaign.letters.stamping.reading import Setting, read
from campaign.letters.stamping.shaping import shape
from campaign.letters.stamping.writing import FileWriter, font_objects, stream
from tests.letters.builders import sample_letter

ENGLISH, CHINESE, UYGHUR = Setting("en", "ltr"), Setting("zh-Hans", "ltr"), Setting("ug", "rtl")
DESCRIPTOR = b"/Type/FontDescriptor/Ascent 1069/Descent -293/StemV 80"


def parts(text: str, setting: Setting) -> list[tuple[str, str, str]]:
    reading = read(text, setting)
    assert reading is not None
    return [(text[item.start : item.end], item.script, item.face.name) for item in reading.items]


def test_a_character_is_drawn_by_the_first_family_of_its_language_that_has_it() -> None:
    assert parts("Zoë 12", ENGLISH) == [("Zoë 12", "Latn", "Letter-Serif")]
    assert parts("加拿大，Zoë", CHINESE) == [("加拿大，", "Hani", "Letter-Han"), ("Zoë", "Latn", "Letter-Serif")]
    assert parts("ئايگۈل", ENGLISH) == [("ئايگۈل", "Arab", "Letter-Naskh")]


def test_a_space_between_two_faces_belongs_to_the_one_nearer_to_the_first() -> None:
    assert parts("王 Z", ENGLISH)[0][0] == "王 "
    assert parts("Z 王", ENGLISH)[0][0] == "Z "


@pytest.mark.parametrize(
    "text", ["ئايگۈل Q", "ئايگۈل 2", "(شە)", " Anna", "Anna ", "A  B", "A\u200dB", "😀", "123", "Zoe\u0308"]
)
def test_a_line_that_is_not_sure_is_not_read(text: str) -> None:
    assert read(text, ENGLISH) is None


@pytest.mark.parametrize("setting", [ENGLISH, CHINESE, UYGHUR])
@pytest.mark.parametrize("text", ["شارع 5 القاهرة", "ئۆي 12-34 كوچا", "ئۆي №5", "شارع 50%", "رقم +1 613", "ئۆي ٥"])
def test_a_number_inside_a_line_from_right_to_left_is_left_to_weasyprint(text: str, setting: Setting) -> None:
    assert read(text, setting) is None


def test_a_line_of_the_other_direction_keeps_its_own() -> None:
    for text, setting, direction in (("ئايگۈل", ENGLISH, "rtl"), ("Anna", UYGHUR, "ltr"), ("ئايگۈل", UYGHUR, "rtl")):
        reading = read(text, setting)
        assert reading is not None
        assert reading.direction == direction


def test_a_glyph_that_would_read_as_two_texts_is_not_shaped() -> None:
    letter, its_old_form = "ب", "ﺏ"
    for text, shaped in ((letter, True), (its_old_form, True), (f"{letter} {its_old_form}", False)):
        reading = read(text, ENGLISH)
        assert reading is not None
        assert (shape(reading, 14 * 1024) is not None) == shaped


def test_a_ligature_reads_as_all_that_it_was_written_for() -> None:
    for text, family, reads in (
        ("office", "Letter Serif", ["c", "e", "ffi", "o"]),
        ("الله", "Letter Naskh", ["ا", "لله"]),
    ):
        reading = read(text, ENGLISH)
        assert reading is not None
        line = shape(reading, 14 * 1024)
        assert line is not None
        assert sorted(line.texts[face_of(family)].values()) == reads


def test_a_subset_keeps_the_numbers_of_its_glyphs_however_far_apart() -> None:
    face = face_of("Letter Han")
    wanted = [face.font.get_nominal_glyph(ord(character)) for character in "一龍"]
    assert wanted[1] - wanted[0] > 100
    file, glyphs = face.subset(wanted)
    assert glyphs == (0, *sorted(wanted))
    with TTFont(BytesIO(file)) as cut, TTFont(BytesIO(face.face.blob.data)) as uncut:
        for glyph in wanted:
            mine, theirs = cut.getGlyphName(glyph), uncut.getGlyphName(glyph)
            assert cut["glyf"][mine].numberOfContours == uncut["glyf"][theirs].numberOfContours != 0
            assert cut["hmtx"][mine] == uncut["hmtx"][theirs]


def test_the_widths_name_the_parts_that_a_letter_is_put_together_from() -> None:
    face = face_of("Letter Serif")
    glyph = face.font.get_nominal_glyph(ord("ệ"))
    with TTFont(BytesIO(face.face.blob.data)) as font:
        names = font["glyf"][font.getGlyphName(glyph)].getComponentNames(font["glyf"])
        components = [font.getGlyphID(name) for name in names]
    assert len(components) > 1
    descendant = font_objects(face, b"/ABCDEF+Letter-Serif", DESCRIPTOR, {glyph: "ệ"}, [1, 2, 3, 4])[3]
    widths = descendant.partition(b"/W[")[2].partition(b"]/")[0]
    for one in (glyph, *components):
        assert b"%d[%d" % (one, face.width(one)) in widths or b" %d" % face.width(one) in widths


def test_widths_of_neighbours_stand_in_one_row() -> None:
    face = face_of("Letter Serif")
    first = face.font.get_nominal_glyph(ord("a"))
    descendant = font_objects(face, b"/A", DESCRIPTOR, {first: "a", first + 1: "b", first + 9: "j"}, [1, 2, 3, 4])[3]
    widths = [face.width(glyph) for glyph in (first, first + 1, first + 9)]
    assert b"]%d[%d %d]" % (first, *widths[:2]) in descendant
    assert b"]%d[%d]" % (first + 9, widths[2]) in descendant


def test_a_name_that_is_no_face_of_the_pack_is_none() -> None:
    assert face_named("Letter-Nowhere") is None
    assert face_named("Letter-Serif-Bold") is face_named("Letter-Serif-Bold")


def test_what_is_kept_of_a_letter_holds_nothing_of_its_sender() -> None:
    letter = sample_letter(name="Qwxz Kjvb", address="77 Jabberwocky Quay", locale="zh-Hans")
    letter = replace(letter, translation=sample_letter(name="Qwxz Kjvb"))
    known = key_of(letter, "a4", Layout.DIN)
    assert known is not None
    wanted = with_placeholders(known[0])
    assert wanted is not None
    for text in own_texts(letter)[:2]:
        assert text not in repr(known[0])
        assert text not in repr(wanted)


def test_a_short_name_is_not_taken_for_part_of_a_word() -> None:
    for name, stands_there in (("Ma", False), ("An", False), ("Xi Jinping", True), ("Xi", True), ("习近平", True)):
        known = key_of(sample_letter(name=name, locale="zh-Hans" if name == "习近平" else "en"), "a4", Layout.NONE)
        assert (known is None) == stands_there, name


def test_a_placeholder_takes_no_letter_that_stands_in_the_note() -> None:
    letter = sample_letter(name="Anna Sol", address="")
    known = key_of(letter, "a4", Layout.NONE)
    assert known is not None
    wanted = with_placeholders(known[0])
    assert wanted is not None
    used = wanted[1][0].placeholder.text[0]
    again = with_placeholders(replace(known[0], letter=replace(known[0].letter, note=(Note("en", f"Say {used}"),))))
    assert again is not None
    assert used not in "".join(line.placeholder.text for line in again[1])


def test_letters_that_differ_in_their_own_lines_only_share_a_sheet() -> None:
    one = key_of(sample_letter(name="Anna Sol", address="1 Main Road"), "a4", Layout.NONE)
    other = key_of(sample_letter(name="Bo Ek", address="22, rue du Lac"), "a4", Layout.NONE)
    third = key_of(sample_letter(name="Bo Ek", address="22, rue du Lac\nApt. 4"), "a4", Layout.NONE)
    assert one is not None
    assert other is not None
    assert third is not None
    assert one[0] == other[0]
    assert hash(one[0]) == hash(other[0])
    assert one[0] != third[0]


def test_a_file_is_written_front_to_back_and_remembers_places_only() -> None:
    class Pipe(BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: int) -> int:
            raise OSError

    out = Pipe()
    writer = FileWriter(out)
    numbers = [writer.add(stream(b"x" * 1_000)) for _ in range(100)]
    assert numbers == list(range(1, 101))
    assert len(writer._places) == 101
    writer.finish(1, 2)
    assert out.getvalue().endswith(b"%%EOF\n")
