"""From the validated tables of a pack to the appeal the rest of the program works with."""

from collections.abc import Mapping

from campaign.appeals.definition import (
    Appeal,
    Case,
    Demand,
    Fact,
    LetterText,
    NamedInSource,
    Recipient,
    Source,
    Translation,
)
from campaign.appeals.pack_format import AppealTable, RecipientTable, TranslationTable


def build_appeal(
    slug: str,
    table: AppealTable,
    letters: Mapping[tuple[str, str], LetterText],
    pages: Mapping[str, str],
    cases: tuple[Case, ...] = (),
) -> Appeal:
    """Return the appeal; nothing is checked here that the models and checks have not seen already."""
    return Appeal(
        slug=slug,
        reference=table.reference,
        country=table.country,
        title=table.title,
        summary=table.summary,
        locales=table.locales,
        letter_locales=table.letter_locales,
        issued=table.issued,
        demands=tuple(Demand(demand.id, demand.text) for demand in table.demand),
        recipients=tuple(map(_recipient, table.recipient)),
        letters=dict(letters),
        pages=dict(pages),
        keep_days_after_close=table.keep_days_after_close,
        sources=tuple(
            Source(one.id, one.organisation, one.title, one.date, one.index, one.url) for one in table.source
        ),
        facts=tuple(Fact(text=fact.text, source=fact.source, value=fact.value) for fact in table.fact),
        timeline=tuple(Fact(text=event.text, source=event.source, when=event.when) for event in table.timeline),
        index=table.index,
        update=table.update,
        first_index=table.first_index,
        first_issued=table.first_issued,
        opens=table.opens,
        deadline=table.deadline,
        time_zone=table.time_zone,
        closed=table.closed,
        keep_country=table.keep_country,
        goal=table.goal,
        cases=cases,
        translations=tuple(map(_translation, table.translation)),
    )


def _translation(table: TranslationTable) -> Translation:
    return Translation(table.locale, table.recipients, table.reviewed, table.review)


def _recipient(table: RecipientTable) -> Recipient:
    return Recipient(
        id=table.id,
        role=table.role,
        title=table.title,
        optional=table.optional,
        alone=table.alone,
        reason=table.reason,
        mission=table.mission,
        lines=table.lines,
        local_line=table.local_line,
        local_locale=table.local_locale,
        country=table.country,
        country_line=table.country_line,
        email=table.email,
        fax=table.fax,
        fax_e164=table.fax_e164,
        named_in_source=tuple(NamedInSource(one.country, one.name, one.date) for one in table.named_in_source),
    )
