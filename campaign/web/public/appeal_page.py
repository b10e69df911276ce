"""From an appeal to the words and values of its page."""

from collections.abc import Mapping
from datetime import date

import segno
from markupsafe import Markup

from campaign.appeals.definition import Appeal, Fact, Recipient, Source, in_locale
from campaign.appeals.editions import Published
from campaign.appeals.state import Standing, State, kept_until
from campaign.core.clock import today
from campaign.letters import address, compose
from campaign.letters.address_notes import has_missions
from campaign.letters.letter import Letter, LetterValues
from campaign.recipients.countries import country_name
from campaign.runtime import Runtime
from campaign.signatures.showing import Shown
from campaign.web.i18n import gettext as _
from campaign.web.i18n import long_date, ngettext
from campaign.web.public.pages import (
    AppealCard,
    AppealPage,
    CountView,
    FactView,
    RecipientView,
    SignPage,
    SourceView,
)
from campaign.web.public.second_language import second_language


def appeal_card(published: Published, runtime: Runtime, locale: str) -> AppealCard:
    """Return one line of the list on the front page."""
    appeal, where = published.appeal, runtime.standing(published.appeal)
    return AppealCard(
        slug=appeal.slug,
        reference=appeal.reference,
        title=in_locale(appeal.title, locale),
        summary=in_locale(appeal.summary, locale),
        open=where.is_open,
        opens=long_date(where.day) if where.state is State.NOT_YET and where.day else "",
    )


def appeal_page(published: Published, runtime: Runtime, locale: str) -> AppealPage:
    """Return everything the appeal page shows, in the reader's language."""
    appeal = published.appeal
    sources = {source.id: _source(source) for source in appeal.sources}
    share_url = f"{runtime.settings.public_url.rstrip('/')}/{appeal.slug}"
    day = today(runtime.clock, appeal.time_zone)
    shown, where = runtime.shown(appeal), runtime.standing(appeal)
    refusal, is_over = refusal_sentence(appeal, where), where.state in (State.EXPIRED, State.CLOSED)
    return AppealPage(
        slug=appeal.slug,
        reference=appeal.reference,
        title=in_locale(appeal.title, locale),
        summary=in_locale(appeal.summary, locale),
        published=_published(appeal),
        closing="" if is_over else closing_sentence(appeal),
        refusal=refusal,
        demands=[in_locale(demand.text, locale) for demand in appeal.demands],
        recipients=[
            _recipient(one, runtime, locale, day) for one in appeal.recipients if _can_get_a_letter(one, runtime)
        ],
        facts=[_fact(fact, sources, locale) for fact in appeal.facts],
        timeline=[_fact(event, sources, locale) for event in appeal.timeline],
        background=Markup(appeal.pages.get(locale) or next(iter(appeal.pages.values()), "")),  # noqa: S704  sanitised
        sources=list(sources.values()),
        count=count_view(shown, 0 if is_over else appeal.goal, collecting=not refusal),
        has_names=shown.names,
        sample=sample_letter(appeal, runtime, locale),
        kept_until=kept_words(appeal),
        keeps_country=appeal.keep_country,
        fingerprint=runtime.key_fingerprint(appeal.slug),
        share_url=share_url,
        qr=Markup(segno.make(share_url, error="m").svg_inline(scale=3, border=2, omitsize=True)),  # noqa: S704  made here
    )


def sign_page(appeal: Appeal, runtime: Runtime, locale: str) -> SignPage:
    """Return what stands around the form."""
    return SignPage(
        slug=appeal.slug,
        reference=appeal.reference,
        title=in_locale(appeal.title, locale),
        demands=[in_locale(demand.text, locale) for demand in appeal.demands],
        sample=sample_letter(appeal, runtime, locale),
        kept_until=kept_words(appeal),
        second_language=second_language(appeal, locale),
    )


def sample_letter(appeal: Appeal, runtime: Runtime, locale: str) -> Letter:
    """Return the letter to the first target as the page shows it before anything was typed."""
    letter_locale = locale if locale in appeal.letter_locales else appeal.letter_locales[0]
    values = LetterValues(
        country="", locale=letter_locale, name=_("Your name"), demands=tuple(demand.id for demand in appeal.demands)
    )
    target = next(one for one in appeal.recipients if not one.mission and not one.optional)
    letter = compose(appeal, target.id, values, today(runtime.clock, appeal.time_zone), runtime.directory)
    if letter is None:
        raise RuntimeError(f"{appeal.slug}: the fixed recipient {target.id} has no letter")
    return letter


def count_view(shown: Shown, goal: int = 0, *, collecting: bool) -> CountView:
    """Return sentences that claim no more than was checked, out of numbers that move in steps.

    An appeal may be over, or not have begun: then it is not ``collecting`` signatures.
    """
    parts = []
    if shown.confirmed:
        parts.append(
            ngettext(
                "At least %(total)s signature confirmed by e-mail.",
                "At least %(total)s signatures confirmed by e-mail.",
                shown.confirmed,
            )
        )
    if shown.unverified:
        parts.append(
            ngettext(
                "At least %(total)s signature not verified.",
                "At least %(total)s signatures not verified.",
                shown.unverified,
            )
        )
    if not parts:
        parts.append(
            _("Signatures are being collected; a number is shown once it says nothing about one person.")
            if collecting
            else _("No number of signatures is shown.")
        )
    hoped = ngettext("The goal is %(total)s signature.", "The goal is %(total)s signatures.", goal) if goal else ""
    return CountView(shown.confirmed, " ".join(parts), goal, hoped)


def closing_sentence(appeal: Appeal) -> str:
    """Return until when people can sign; a document without a date gets none."""
    if appeal.deadline is None:
        return _("No closing date given.")
    return _("Open until %(day)s.", day=long_date(appeal.deadline))


def refusal_sentence(appeal: Appeal, where: Standing) -> str:
    """Return why nobody can sign or write at the moment, or "" while they can."""
    if where.is_open:
        return ""
    day = long_date(where.day) if where.day else ""
    return {
        State.NOT_YET: _("%(reference)s opens on %(day)s. Please come back then.", reference=appeal.reference, day=day),
        State.EXPIRED: _(
            "%(reference)s closed on %(day)s. Letters that arrive later can harm the people they are about, so we "
            "write none any more.",
            reference=appeal.reference,
            day=day,
        ),
        State.CLOSED: _(
            "The organisers have closed %(reference)s. No more letters are needed; thank you for wanting to write.",
            reference=appeal.reference,
        ),
    }[where.state]


def _published(appeal: Appeal) -> str:
    issued = _("%(index)s, %(day)s", index=appeal.index or appeal.reference, day=long_date(appeal.issued))
    parts = [_("Update %(number)d", number=appeal.update)] if appeal.update else []
    parts.append(issued)
    if appeal.first_issued:
        first = long_date(appeal.first_issued)
        parts.append(_("first issued as %(index)s, %(day)s", index=appeal.first_index or appeal.reference, day=first))
    return " · ".join(parts)


def kept_words(appeal: Appeal, last: date | None = None) -> str:
    """Return until when signatures are kept, as it stands after “until”; ``last`` is the day of one, if known."""
    last = last or kept_until(appeal)
    if last is not None:
        return long_date(last)
    return _("%(days)d days after the appeal is closed", days=appeal.keep_days_after_close)


def _source(source: Source) -> SourceView:
    return SourceView(source.id, source.organisation, source.title, source.index, source.date)


def _fact(fact: Fact, sources: Mapping[str, SourceView], locale: str) -> FactView:
    return FactView(
        value=in_locale(fact.value, locale),
        when=in_locale(fact.when, locale),
        text=in_locale(fact.text, locale),
        source=sources[fact.source],
    )


def _can_get_a_letter(recipient: Recipient, runtime: Runtime) -> bool:
    """Say whether anybody, wherever they live, can write to them: the pack has an address, or the directory one."""
    return bool(recipient.lines) or has_missions(recipient, runtime.directory)


def _reason(recipient: Recipient, locale: str) -> str:
    reason = in_locale(recipient.reason, locale)
    asked_for = _("This letter is only written if you tick it on the form.")
    return f"{reason} {asked_for}" if recipient.optional else reason


def _recipient(recipient: Recipient, runtime: Runtime, locale: str, day: date) -> RecipientView:
    named_then = addressed_now = ""
    for named in recipient.named_in_source:
        country = country_name(named.country, locale)
        named_then = _(
            "The document of %(day)s named %(name)s as ambassador in %(country)s.",
            day=long_date(named.date),
            name=named.name,
            country=country,
        )
        envoy = runtime.directory.choose(recipient.mission, named.country, day).envoy
        addressed_now = (
            _(
                "Letters from %(country)s are addressed to %(name)s, in office on %(day)s.",
                country=country,
                name=envoy.name,
                day=long_date(envoy.as_of),
            )
            if envoy
            else _("Letters from %(country)s are now addressed to “The Ambassador”.", country=country)
        )
    fixed = None if recipient.mission else address(recipient, "", locale, runtime.directory, day)
    return RecipientView(
        id=recipient.id,
        role=recipient.role,
        title=in_locale(recipient.title, locale),
        lines=recipient.lines,
        local_line=recipient.local_line,
        local_locale=recipient.local_locale,
        country_line=fixed.country_line if fixed else "",
        reason=_reason(recipient, locale),
        named_then=named_then,
        addressed_now=addressed_now,
    )
