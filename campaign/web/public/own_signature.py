"""What the pages behind the links of a mail are given: one signature, in words, as far as the server can read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import EmailField, SelectField
from wtforms.fields import Label
from wtforms.validators import ValidationError

from campaign.appeals.definition import Appeal, in_locale
from campaign.appeals.editions import Published
from campaign.signatures import Consents, OwnSignature, State, is_email
from campaign.web.i18n import gettext as _
from campaign.web.i18n import lazy_gettext as _l
from campaign.web.i18n import long_date, page_locale
from campaign.web.public.appeal_page import kept_words
from campaign.web.public.consents import CONSENT_VERSION, consent_sentences
from campaign.web.public.form_rules import Consent, TextForm, line


@dataclass(frozen=True)
class OwnPage:
    """A signature on its owner's page; ``state`` and ``changed`` are whole sentences, the latter "" before a change.

    ``kept_until`` is "" while it waits to be confirmed: then it is kept for seven days. ``choices`` are whole sentences
    too, and none where this link cannot show them; ``reworded``: the sentences to agree to were others then.
    ``handover`` is the sentence that was agreed to if the name may be handed over, else "". ``shown_elsewhere``: a new
    link would show them. ``held``, and not ``in_time``, are why something that waits cannot be confirmed.
    """

    token: str
    slug: str
    reference: str
    title: str
    open: bool
    waiting: bool
    confirmed: bool
    state: str
    day: str
    kept_until: str
    changed: str
    choices: Sequence[str]
    handover: str
    reworded: bool
    shown_elsewhere: bool
    in_time: bool
    held: bool

    @property
    def confirmable(self) -> bool:
        """Say whether it waits for its owner and for nothing else."""
        return self.waiting and self.in_time and not self.held


_WAITING = (State.PENDING, State.UNVERIFIED)


class ConsentsForm(FlaskForm):  # type: ignore[misc]
    """The two choices that can be made anew, ticked as they are now; to take back the first is to withdraw."""

    class Meta(TextForm):
        """How the library builds this form."""

    consent_show = Consent()
    consent_handover = Consent()

    def __init__(self, appeal: Appeal, now: Consents | None = None) -> None:
        """Ask in the sentences of the form that people sign with, and tick those that were agreed to in these words."""
        super().__init__(data=_ticked(now) if now and not _is_reworded(now) else None)
        sentences = consent_sentences(appeal, page_locale())
        for name in ("consent_show", "consent_handover"):
            self[name].label = Label(name, sentences[name])

    def consents(self) -> Consents:
        """Return what is agreed to from now on."""
        return Consents(CONSENT_VERSION, count=True, show=self.consent_show.data, handover=self.consent_handover.data)


def _ticked(now: Consents) -> dict[str, bool]:
    return {"consent_show": now.show, "consent_handover": now.handover}


def _is_reworded(now: Consents) -> bool:
    """Say whether the sentences were others: nobody is taken to agree to words they have not read."""
    return now.version != CONSENT_VERSION


class LostLinkForm(FlaskForm):  # type: ignore[misc]
    """The address somebody signed with, and the appeal."""

    class Meta(TextForm):
        """How the library builds this form."""

    appeal = SelectField(_l("What you signed"), validate_choice=False)  # the library would say it in English
    email = EmailField(
        _l("Your e-mail address"),
        description=_l("The one you signed with."),
        filters=[line],
    )

    def __init__(self, books: list[Published]) -> None:
        """Offer the appeals of this site."""
        super().__init__()
        locale = page_locale()
        self.appeal.choices = [
            (one.appeal.slug, f"{one.appeal.reference}: {in_locale(one.appeal.title, locale)}") for one in books
        ]

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Check every field; a lost form token is explained in the reader's language."""
        valid: bool = super().validate(extra_validators)
        if self.csrf_token.errors:
            self.csrf_token.errors = [
                _("The form had been open for long, or your browser blocks cookies. Please send it once more.")
            ]
        return valid

    @property
    def status(self) -> int:
        """The status of the page that shows the errors: 400 for a lost form token, else 422."""
        return 400 if self.csrf_token.errors else 422

    def validate_appeal(self, field: SelectField) -> None:
        """Take one of the appeals in the list."""
        if field.data not in dict(field.choices):
            raise ValidationError(_("Choose what you signed."))

    def validate_email(self, field: EmailField) -> None:
        """Check the shape of the address; whether anybody has signed with it is nobody's business here."""
        if not is_email(field.data or ""):
            raise ValidationError(_("This is not an e-mail address. Write it like name@example.org."))


def own_page(
    own: OwnSignature,
    appeal: Appeal,
    token: str,
    *,
    open_now: bool,
    in_time: bool = True,
    held: bool = False,
    last: date | None = None,
) -> OwnPage:
    """Return what is known of a signature, in the reader's language.

    ``open_now``: the appeal can be signed. ``in_time``: signatures under it can be confirmed. ``held``: this one cannot
    be, because others have confirmed with its address. ``last``: the day on which it is deleted, if there is one.
    """
    held = held and own.state in _WAITING
    return OwnPage(
        token=token,
        slug=appeal.slug,
        reference=appeal.reference,
        title=in_locale(appeal.title, page_locale()),
        open=open_now,
        waiting=own.state in _WAITING,
        confirmed=own.state is State.CONFIRMED,
        state=_too_late(own) if own.state in _WAITING and not in_time else _held() if held else _states()[own.state],
        day=long_date(own.day),
        kept_until="" if own.state is State.PENDING else kept_words(appeal, last),
        changed=_("You have made these choices anew before. What you saved last holds.") if own.changes else "",
        choices=_choices(own.consents) if own.consents else (),
        handover=consent_sentences(appeal, page_locale())["consent_handover"]
        if own.consents and own.consents.handover
        else "",
        reworded=own.consents is not None and _is_reworded(own.consents),
        shown_elsewhere=own.shown_elsewhere,
        in_time=in_time,
        held=held,
    )


def _too_late(own: OwnSignature) -> str:
    if own.state is State.PENDING:
        return _(
            "It was not confirmed in time: that was possible until 24 hours after the appeal had closed. So it does "
            "not count, and it is deleted seven days after it was made."
        )
    return _(
        "It counts as unverified, apart from the others. It can no longer be confirmed: that was possible until 24 "
        "hours after the appeal had closed."
    )


def _held() -> str:
    return _(
        "It does not count: two people have confirmed with this e-mail address already, and no more than two can share "
        "one. The organisers may look at it."
    )


def _choices(now: Consents) -> list[str]:
    return [
        _("Your signature may be counted.") if now.count else _("Your signature may not be counted."),
        _("A name that you choose may stand in the public list.")
        if now.show
        else _("No name of yours may stand in the public list."),
        _("Your name and country may be handed to those we write to.")
        if now.handover
        else _("Your name and country may not be handed to those we write to."),
    ]


def _states() -> Mapping[State, str]:
    return {
        State.PENDING: _(
            "It does not count yet: open the first link in the same mail and press the button there. Otherwise it is "
            "deleted after seven days."
        ),
        State.CONFIRMED: _("It is confirmed, and it counts."),
        State.UNVERIFIED: _(
            "It counts as unverified, apart from the others, because nobody has pressed the button behind the link to "
            "confirm it."
        ),
        State.INVALIDATED: _(
            "The organisers have set it aside, so it does not count. If that is a mistake, write to them."
        ),
    }
