"""One letter: the author's text with this supporter's values in it, in the order a letter has its parts.

The parts follow DIN 5008 and common letter-writing guides: sender, addressee, date, subject, salutation, text,
closing, name and place, who else gets a copy.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from campaign.appeals.definition import (
    Appeal,
    Block,
    BulletList,
    LetterText,
    Paragraph,
    Recipient,
    Role,
    Slot,
    Span,
    in_locale,
)
from campaign.core.errors import NotFoundError
from campaign.letters.addressing import address
from campaign.letters.letter import Addressee, FilledBlock, FilledList, FilledParagraph, Letter, LetterValues, Note
from campaign.letters.phrases import Phrases, direction_of, long_date, phrases_for, phrases_locale
from campaign.letters.placeholders import fill
from campaign.letters.sender import sender_lines
from campaign.recipients.countries import country_name
from campaign.recipients.directory import MissionsDirectory

_EMPTY_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_SENTENCE_ENDS = tuple(".!?…。！？")
_ITEM_ENDS = " \u00a0\u202f;,；，、"


def recipients_for(appeal: Appeal, values: LetterValues) -> tuple[Recipient, ...]:
    """Return who gets a letter from this supporter, in the pack's order: all but the optional ones not asked for."""
    return tuple(one for one in appeal.recipients if not one.optional or one.id in values.recipients)


def compose(
    appeal: Appeal, recipient_id: str, values: LetterValues, today: date, directory: MissionsDirectory
) -> Letter | None:
    """Return the letter to one recipient, or ``None`` where no mission serves the supporter's country.

    Its translation comes with it where it was asked for and the pack has a reviewed one in another language. Raises
    :class:`NotFoundError` for a recipient the appeal does not have, or a language it has no letter in.
    """
    letter = _in_one_language(appeal, recipient_id, values, today, directory)
    other = appeal.translation_for(recipient_id) if values.translated else None
    if letter is None or other is None or other.locale == values.locale:
        return letter
    second = _in_one_language(appeal, recipient_id, replace(values, locale=other.locale), today, directory)
    return replace(letter, translation=_as_translation(second, values.locale) if second else None)


def _in_one_language(
    appeal: Appeal, recipient_id: str, values: LetterValues, today: date, directory: MissionsDirectory
) -> Letter | None:
    recipient = appeal.recipient(recipient_id)
    text = appeal.letters.get((recipient_id, values.locale))
    if recipient is None or text is None:
        raise NotFoundError("There is no such letter. Choose one of the letters on the page of this appeal.")
    addressee = _address(recipient, values, today, directory)
    if addressee is None:
        return None
    phrases = phrases_for(values.locale)
    inline = _inline_values(appeal, values, phrases, today)
    return Letter(
        appeal=appeal.slug,
        locale=values.locale,
        direction=direction_of(values.locale),
        addressee=addressee,
        sender=sender_lines(_name(values), values, phrases),
        place=_place(values),
        date=inline["date"],
        subject=fill(text.subject, inline),
        salutation=fill(text.salutation, inline),
        blocks=tuple(_blocks(text, appeal, values, phrases, inline)),
        closing=fill(text.closing, inline),
        signed_name=_name(values) or phrases.nameless,
        copy_line=_copy_line(appeal, recipient, values, today, directory),
    )


def _as_translation(letter: Letter, original: str) -> Letter:
    """Return the letter as the translation of one in the language ``original``: it says so in both languages.

    The sender's address stands on the letter itself, which is the one that is signed.
    """
    locales = dict.fromkeys((phrases_locale(letter.locale), phrases_locale(original)))
    notes = tuple(Note(locale, phrases_for(locale).translation) for locale in locales)
    return replace(letter, sender=(), note=notes, blocks=tuple(_framed(letter, original)))


def _framed(letter: Letter, original: str) -> Iterator[FilledBlock]:
    """Yield the blocks of a translation: own words stay in the original, between two lines that say so."""
    phrases = phrases_for(letter.locale)
    inside = False
    for block in letter.blocks:
        own = isinstance(block, FilledParagraph) and block.own_words
        if own != inside:
            yield FilledParagraph((Span(phrases.words_before if own else phrases.words_after),))
        inside = own
        yield replace(block, locale=original) if isinstance(block, FilledParagraph) and own else block
    if inside:
        yield FilledParagraph((Span(phrases.words_after),))


def _address(recipient: Recipient, values: LetterValues, today: date, directory: MissionsDirectory) -> Addressee | None:
    return address(recipient, values.country, values.locale, directory, today, mission_country=values.mission_country)


def _name(values: LetterValues) -> str:
    return "" if values.without_name else values.name


def _inline_values(appeal: Appeal, values: LetterValues, phrases: Phrases, today: date) -> Mapping[str, str]:
    """Return what stands for each placeholder: never nothing, for a hole in a sentence reads like a form letter."""
    country = country_name(values.country, values.locale)
    return {
        "name": _name(values) or phrases.nameless,
        "city": values.city or country,
        "country": country,
        "reference": appeal.reference,
        "date": long_date(today, values.locale, values.country),
    }


def _place(values: LetterValues) -> str:
    """Return town and country as the language orders them: Chinese goes from the large to the small."""
    country = country_name(values.country, values.locale)
    if values.locale.startswith("zh"):
        return "，".join(part for part in (country, values.city) if part)
    return ", ".join(part for part in (values.city, country) if part)


def _blocks(
    text: LetterText, appeal: Appeal, values: LetterValues, phrases: Phrases, inline: Mapping[str, str]
) -> Iterator[FilledBlock]:
    demands = _demands(appeal, values, phrases)
    words = tuple(_own_words(values.words))
    for position, block in enumerate(text.blocks):
        following = text.blocks[position + 1] if position + 1 < len(text.blocks) else None
        if following == Slot("demands") and not demands and _leads_in(block):
            continue
        if isinstance(block, Paragraph):
            yield FilledParagraph(_filled(block.spans, inline))
        elif isinstance(block, BulletList):
            yield FilledList(tuple(_filled(item, inline) for item in block.items))
        elif block.name == "demands" and demands:
            yield FilledList(tuple((Span(demand),) for demand in demands))
        elif block.name == "words":
            yield from words
        elif block.name == "case":
            yield from _case(appeal, values)
    if Slot("words") not in text.blocks:
        yield from words  # Words somebody wrote are never lost, wherever the author forgot a place for them.


def _leads_in(block: Block) -> bool:
    """Say whether a paragraph only introduces the list after it: "I urge you to:"."""
    return isinstance(block, Paragraph) and "".join(span.text for span in block.spans).rstrip().endswith((":", "："))


def _filled(spans: tuple[Span, ...], inline: Mapping[str, str]) -> tuple[Span, ...]:
    return tuple(replace(span, text=fill(span.text, inline)) for span in spans)


def _demands(appeal: Appeal, values: LetterValues, phrases: Phrases) -> list[str]:
    """Return the chosen demands, punctuated as one sentence's list unless the author ended them as sentences."""
    texts = [in_locale(demand.text, values.locale) for demand in appeal.demands if demand.id in values.demands]
    ends = [phrases.item_end] * (len(texts) - 1) + [phrases.last_item_end]
    return [
        text if text.endswith(_SENTENCE_ENDS) else text.rstrip(_ITEM_ENDS) + end
        for text, end in zip(texts, ends, strict=False)
    ]


def _case(appeal: Appeal, values: LetterValues) -> Iterator[FilledParagraph]:
    """Yield the name in bold and the facts below it, both as the pack has them."""
    case = next((one for one in appeal.cases if one.id == values.case), next(iter(appeal.cases), None))
    if case:
        facts = in_locale(case.facts, values.locale)
        yield FilledParagraph((Span(case.name, strong=True), Span(f"\n{facts}")))


def _own_words(words: str) -> Iterator[FilledParagraph]:
    for paragraph in _EMPTY_LINES.split(words.strip()):
        if paragraph.strip():
            yield FilledParagraph((Span(paragraph.strip()),), own_words=True)


def _copy_line(
    appeal: Appeal, recipient: Recipient, values: LetterValues, today: date, directory: MissionsDirectory
) -> str:
    """Say on the letter who gets the copy, and on the copy who gets the letter; nothing on one that stands alone."""
    if recipient.alone:
        return ""
    phrases = phrases_for(values.locale)
    wanted, label = (
        (Role.COPY, phrases.copy_to) if recipient.role is Role.TARGET else (Role.TARGET, phrases.original_to)
    )
    others = (
        _address(other, values, today, directory)
        for other in recipients_for(appeal, values)
        if other.role is wanted and other.id != recipient.id and not other.alone
    )
    titles = [other.title for other in others if other and (other.postable or other.email)]
    return label + phrases.join.join(titles) if titles else ""
