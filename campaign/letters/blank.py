"""Letters to fill in by pen: everything that is asked for, and ruled lines where a person's own part goes.

Whoever prints one gives this site nothing, and the same file is good for everybody: it is drawn once and kept.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, astuple, dataclass, replace
from datetime import date
from itertools import product

from sqlalchemy import and_, delete, insert, or_, select
from sqlalchemy.orm import Session

from campaign.appeals.definition import Appeal, Block, BulletList, Paragraph, Span
from campaign.core.database import take_turn
from campaign.letters.compose import compose
from campaign.letters.layouts import PAPERS
from campaign.letters.letter import FilledBlock, FilledParagraph, Letter, LetterValues
from campaign.letters.phrases import phrases_for
from campaign.letters.placeholders import fill
from campaign.letters.tables import BlankLetter
from campaign.recipients.directory import MissionsDirectory

# Underlined spaces print as a ruled line, and a screen reader or a search says nothing of them.
_SPACE = "\u00a0"
_WORDS_LINES = 3
_WORDS_SPACES = 155
_INLINE = "_" * 24


@dataclass(frozen=True)
class BlankWords:
    """What stands before each ruled line, in one language."""

    date: str
    signature: str
    name: str
    place: str


BLANK_WORDS: Mapping[str, BlankWords] = {
    "en": BlankWords("Date:", "Signature:", "Name:", "Town, country:"),
    "fr": BlankWords("Date\u00a0:", "Signature\u00a0:", "Nom\u00a0:", "Ville, pays\u00a0:"),
    "zh-Hans": BlankWords("日期：", "签名：", "姓名：", "城市、国家："),
}


@dataclass(frozen=True)
class BlankKey:
    """Which blank letter; ``country`` is the supporter's for a letter to an embassy, "" for a fixed address."""

    slug: str
    edition: int
    recipient: str
    locale: str
    paper: str
    country: str = ""


def blank_letter(
    appeal: Appeal, recipient: str, locale: str, country: str, today: date, directory: MissionsDirectory
) -> Letter | None:
    """Return the letter with every demand and ruled lines for date, own words, signature, name and place.

    Where letters speak of a case it is the case of the day: as nobody chooses, each has its turn.
    ``None`` where no mission serves ``country``; raises :class:`campaign.core.errors.NotFoundError` for a recipient or
    a language that the appeal does not have.
    """
    words = BLANK_WORDS.get(locale, BLANK_WORDS["en"])
    values = LetterValues(
        country=country,
        locale=locale,
        name=_INLINE,
        city=_INLINE,
        demands=tuple(demand.id for demand in appeal.demands),
        words=_INLINE,
        case=appeal.cases[today.toordinal() % len(appeal.cases)].id if appeal.cases else "",
    )
    letter = compose(_to_fill_in(appeal, recipient, values), recipient, values, today, directory)
    if letter is None:
        return None
    return replace(
        letter,
        sender=(),
        date=("\n" if phrases_for(locale).date_at_end else "") + _labelled(words.date, 20),
        blocks=tuple(_ruled(letter)),
        # The letter leaves room above the name to sign by hand; here a line says where.
        signed_name=f"{_labelled(words.signature, 42)}\n\n{_labelled(words.name, 42)}",
        place=f"\n{_labelled(words.place, 42)}",
    )


def _to_fill_in(appeal: Appeal, recipient: str, values: LetterValues) -> Appeal:
    """Return the appeal with ruled lines in one letter where the day would stand, and the country where it is open."""
    text = appeal.letters.get((recipient, values.locale))
    if text is None:
        return appeal
    lines = {"date": _INLINE} | ({} if values.country else {"country": _INLINE})

    def lined(spans: tuple[Span, ...]) -> tuple[Span, ...]:
        return tuple(replace(span, text=fill(span.text, lines)) for span in spans)

    def lined_block(block: Block) -> Block:
        if isinstance(block, Paragraph):
            return replace(block, spans=lined(block.spans))
        return replace(block, items=tuple(map(lined, block.items))) if isinstance(block, BulletList) else block

    ruled = replace(
        text,
        subject=fill(text.subject, lines),
        salutation=fill(text.salutation, lines),
        closing=fill(text.closing, lines),
        blocks=tuple(map(lined_block, text.blocks)),
    )
    return replace(appeal, letters={**appeal.letters, (recipient, values.locale): ruled})


def _ruled(letter: Letter) -> Iterator[FilledBlock]:
    for block in letter.blocks:
        if isinstance(block, FilledParagraph) and block.own_words:
            yield from (FilledParagraph((Span(_SPACE * _WORDS_SPACES, emphasis=True),)) for _ in range(_WORDS_LINES))
        else:
            yield block


def _labelled(label: str, length: int) -> str:
    return f"{label}{_SPACE}{'_' * length}"


def missing_blanks(
    session: Session, appeal: Appeal, edition: int, today: date, directory: MissionsDirectory
) -> Iterator[tuple[BlankKey, Letter]]:
    """Yield the blank letters to fixed addresses that are not kept yet, or no longer as they would be drawn now."""
    kept = BlankLetter.slug == appeal.slug, BlankLetter.edition == edition, BlankLetter.country == ""
    columns = BlankLetter.recipient, BlankLetter.locale, BlankLetter.paper, BlankLetter.digest
    known = {
        (recipient, locale, paper): digest
        for recipient, locale, paper, digest in session.execute(select(*columns).where(*kept))
    }
    for recipient, locale in product(appeal.recipients, appeal.letter_locales):
        letter = blank_letter(appeal, recipient.id, locale, "", today, directory) if recipient.lines else None
        if letter is None:
            continue
        for paper in PAPERS:
            if known.get((recipient.id, locale, paper)) != digest_of(letter):
                yield BlankKey(appeal.slug, edition, recipient.id, locale, paper), letter


def digest_of(letter: Letter) -> bytes:
    """Return 32 bytes that name the letter's whole text."""
    return hashlib.sha256(repr(letter).encode()).digest()


def kept_blank(session: Session, key: BlankKey, letter: Letter) -> bytes | None:
    """Return the kept PDF, or ``None`` when there is none, or one of another text."""
    row = session.get(BlankLetter, astuple(key))
    return row.pdf if row is not None and row.digest == digest_of(letter) else None


def keep_blank(session: Session, key: BlankKey, letter: Letter, pdf: bytes) -> None:
    """Keep a drawn letter in place of an older one, and let go of those of earlier editions."""
    take_turn(session, f"blank letters {key.slug}")
    same = [column == value for column, value in zip(BlankLetter.__table__.primary_key, astuple(key), strict=True)]
    old = and_(BlankLetter.slug == key.slug, BlankLetter.edition < key.edition)
    session.execute(delete(BlankLetter).where(or_(and_(*same), old)))
    session.execute(insert(BlankLetter).values(**asdict(key), digest=digest_of(letter), pdf=pdf))


class BlankCache:
    """The last few PDFs in memory, by key and text, so that a busy day does not read them again and again."""

    def __init__(self, most: int = 32) -> None:
        """Hold at most ``most`` files; the one not asked for the longest goes first."""
        self._most = most
        self._files: OrderedDict[tuple[object, ...], bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[object, ...]) -> bytes | None:
        """Return a file, or ``None``."""
        with self._lock:
            if key in self._files:
                self._files.move_to_end(key)
            return self._files.get(key)

    def put(self, key: tuple[object, ...], pdf: bytes) -> None:
        """Remember a file."""
        with self._lock:
            self._files[key] = pdf
            self._files.move_to_end(key)
            while len(self._files) > self._most:
                self._files.popitem(last=False)
