"""A letter as plain text: the file to copy from, and the body of an e-mail."""

from collections.abc import Iterator
from dataclasses import replace

from campaign.appeals.definition import Span
from campaign.letters.letter import FilledList, FilledParagraph, Letter
from campaign.letters.phrases import phrases_for

RULE = "-" * 40
"""What parts a letter from its translation. Not "-- ": mail programs would hide what follows as a signature."""


def as_text(letter: Letter) -> str:
    r"""Return the whole letter as text: address, date, subject, then what the mail says; lines end with ``\n``.

    Nothing is wrapped: the program that shows the text does that. The sender's street stands on paper only. A
    translation follows below a rule.
    """
    addressee = letter.addressee
    lines = [*addressee.lines, addressee.local_line, addressee.country_line]
    parts = ["\n".join(line for line in lines if line)]
    at_end = phrases_for(letter.locale).date_at_end
    if not at_end:
        parts.append(letter.date)
    parts.append(letter.subject)
    parts.extend(_from_salutation(letter, dated=at_end))
    return _joined([*parts, *_translation(letter)])


def as_mail_body(letter: Letter) -> str:
    """Return what goes below the subject of an e-mail: no addresses, neither theirs nor the sender's.

    A translation follows below a rule.
    """
    return _joined([*_from_salutation(letter, dated=False), *_translation(letter)])


def untranslated(letter: Letter) -> Letter:
    """Return the letter without its translation, for where only one of them has room."""
    return replace(letter, translation=None)


def translation_text(letter: Letter) -> str:
    """Return the translation as it stands below the letter's own text in a mail, without the rule; "" without one."""
    return _joined(list(_translation(letter))[1:]) if letter.translation else ""


def _translation(letter: Letter) -> Iterator[str]:
    if letter.translation:
        yield RULE
        yield "\n".join(note.text for note in letter.translation.note)
        yield letter.translation.subject
        yield from _from_salutation(letter.translation, dated=False)


def _joined(parts: list[str]) -> str:
    return "\n\n".join(part for part in parts if part) + "\n"


def _from_salutation(letter: Letter, *, dated: bool) -> Iterator[str]:
    yield letter.salutation
    for block in letter.blocks:
        yield _block(block)
    yield letter.closing
    signature = [letter.signed_name, letter.place, letter.date if dated else ""]
    yield "\n".join(line for line in signature if line)
    yield letter.copy_line


def _block(block: FilledParagraph | FilledList) -> str:
    if isinstance(block, FilledParagraph):
        return _words(block.spans)
    return "\n".join(f"- {_words(item)}" for item in block.items)


def _words(spans: tuple[Span, ...]) -> str:
    return "".join(span.text for span in spans)
