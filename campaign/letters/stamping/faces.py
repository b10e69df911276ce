"""The faces of the font pack as HarfBuzz sees them: which one draws a character, and what is embedded of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache

import uharfbuzz as hb  # type: ignore[import-untyped]

from campaign.letters.typefaces import FONT_DIR

# What a PDF reader never looks at: it is handed glyph numbers at their places.
_DROPPED_TABLES = frozenset(
    {"BASE", "DSIG", "GDEF", "GPOS", "GSUB", "JSTF", "OS/2", "STAT", "VORG"}
    | {"cmap", "gasp", "kern", "meta", "name", "post", "vhea", "vmtx"}
)

_OFTEN_CUT = frozenset({"Letter-Serif", "Letter-Naskh", "Letter-Han"})
_DROPPED_TAGS = tuple(int.from_bytes(tag.encode(), "big") for tag in _DROPPED_TABLES)


@dataclass(frozen=True, eq=False, repr=False)
class Face:
    """One font file. ``name`` is what PDFs call it: "Letter-Serif", "Letter-Serif-Bold"."""

    name: str
    face: hb.Face
    font: hb.Font
    characters: hb.Set
    upem: int

    def width(self, glyph: int) -> int:
        """Return the advance width of a glyph in thousandths of the type size."""
        advance: int = self.font.get_glyph_h_advance(glyph)
        return round(advance * 1000 / self.upem)

    def subset(self, glyphs: Collection[int]) -> tuple[bytes, tuple[int, ...]]:
        """Return a font file with these glyphs under their own numbers, and all the glyphs that are in it.

        That is more than was asked for where a glyph is put together from others.
        """
        wanted = hb.SubsetInput()
        wanted.glyph_set.update(glyphs)
        wanted.drop_table_tag_set.update(_DROPPED_TAGS)
        wanted.flags = hb.SubsetFlags.RETAIN_GIDS | hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NO_LAYOUT_CLOSURE
        plan = hb.SubsetPlan(_prepared(self), wanted)
        return plan.execute().blob.data, tuple(sorted(plan.old_to_new_glyph_mapping.keys()))


@cache
def face_named(name: str) -> Face | None:
    """Return a face by its name in PDFs, or ``None`` when the pack has no such file: one object for each file."""
    weight = "Bold" if name.endswith("-Bold") else "Regular"
    file = FONT_DIR / f"{name.removesuffix('-Bold').replace('-', '')}-{weight}.ttf"
    if not file.is_file():
        return None
    face = hb.Face(hb.Blob.from_file_path(str(file)))
    return Face(name, face, hb.Font(face), face.unicodes, face.upem)


@cache
def face_of(family: str) -> Face:
    """Return the regular face of a family of the pack; raises :class:`KeyError` for any other."""
    face = face_named(family.replace(" ", "-"))
    if face is None:
        raise KeyError(family)
    return face


@cache
def _prepared(face: Face) -> hb.Face:
    """Return a face with everything looked up that cutting glyphs out of it needs each time.

    That takes as much memory as the file again, and up to 60 ms: worth it for the faces that most names are in.
    """
    return hb.subset_preprocess(face.face) if face.name in _OFTEN_CUT else face.face


def prepare() -> None:
    """Read what nearly every letter needs, so that the first one does not wait for it."""
    _prepared(face_of("Letter Serif"))


class Order:
    """The families a language wants, first one first: who draws a character is the first that can."""

    def __init__(self, families: Sequence[str]) -> None:
        """Open nothing yet: a face is read when a character gets as far as it."""
        self._families = families

    def position(self, character: str) -> int:
        """Return the place in the order of the family that draws a character, -1 where none does."""
        point = ord(character)
        return next((place for place, family in enumerate(self._families) if point in face_of(family).characters), -1)

    def face(self, position: int) -> Face:
        """Return the face at a place."""
        return face_of(self._families[position])
