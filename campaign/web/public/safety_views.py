"""What this site promises and what it cannot: one page for everybody, with the headings of SECURITY.md."""

from dataclasses import dataclass

from flask import Response, make_response, render_template, url_for

from campaign.web.headers import cacheable
from campaign.web.i18n import PAGE_LOCALES, page_locale
from campaign.web.i18n import gettext as _
from campaign.web.public.views import public


@dataclass(frozen=True)
class Statement:
    """One promise, or one thing that cannot be promised."""

    heading: str
    text: str


@public.get("/safety")
def safety() -> Response:
    """Show the promises and their limits: the same page for everybody, without a cookie."""
    locale = page_locale()
    page = render_template(
        "public/safety.html",
        promises=_promises(),
        limits=_limits(),
        # This page belongs to no appeal, and its other languages are the same page.
        locales=[(code, name, url_for("public.safety", lang=code), code == locale) for code, name in _languages()],
    )
    return cacheable(make_response(page))


def _languages() -> list[tuple[str, str]]:
    return list(PAGE_LOCALES.items())


def _promises() -> list[Statement]:
    return [*_about_signing(), *_about_mail(), *_about_afterwards()]


def _about_signing() -> list[Statement]:
    return [
        Statement(
            _("Your signature is locked at once"),
            _(
                "Your name, e-mail address, town, language and choices are encrypted the moment you sign, with a key "
                "that can only lock. The key that opens them belongs to the organisers, and the server cannot use it. "
                "Your choices are also locked for the link in your mail, so that you can see them. A stolen copy of "
                "the database names nobody, and opens nothing."
            ),
        ),
        Statement(
            _("Your internet address is not kept"),
            _(
                "It is in no table and in no log. To slow down floods we keep a scrambled mark of the network you come "
                "from, which you share with many others. The key of that scrambling is thrown away every day."
            ),
        ),
        Statement(
            _("Your letters stay yours"),
            _(
                "What you type for them waits for one hour, encrypted with a key that only the cookie in your browser "
                "holds. Your street address and your own words are never part of a signature. We count which letters "
                "were made, never by whom."
            ),
        ),
        Statement(
            _("Nobody learns by asking whether you signed"),
            _(
                "Whoever types your e-mail address into the form gets the same page, whether it has signed or not. "
                "Only the mailbox itself is told."
            ),
        ),
    ]


def _about_mail() -> list[Statement]:
    return [
        Statement(
            _("One mail, and you press the button"),
            _(
                "A mail asks you to confirm. It does not hold your name and loads nothing. Opening its link changes "
                "nothing, only the button behind it does, so that no mail filter can sign for you. Beside the button "
                "stands what was ticked on that form, so that nobody who types your address can agree to anything for "
                "you. Your address waits encrypted until the mail has left, for one day at most."
            ),
        ),
        Statement(
            _("You can take it back"),
            _(
                "The mail also holds a link of your own. It shows whether your signature counts and what you agreed "
                "to, lets you choose anew what may be done with your name, and lets you withdraw. Then your signature "
                "is deleted. It stays deleted when a backup is restored, and a consent that you took back stays taken "
                "back."
            ),
        ),
    ]


def _about_afterwards() -> list[Statement]:
    return [
        Statement(
            _("Your name goes nowhere without your tick"),
            _(
                "To be counted, to be shown, to be handed over: three choices, and none is made for you. Names are "
                "shown in shuffled batches, without day or place. Those we write to get names and countries of people "
                "who agreed to exactly that."
            ),
        ),
        Statement(
            _("Numbers move in steps"),
            _(
                "Public counts rise by several signatures at a time, and countries with fewer than ten are called "
                "“other”, so that nobody can watch one person sign."
            ),
        ),
        Statement(
            _("It comes to an end"),
            _(
                "What is not confirmed is deleted after seven days. Everything else is deleted no later than on the "
                "day that the appeal’s page named when you signed, at the end together with the keys that are here, "
                "and a certificate says what was deleted."
            ),
        ),
        Statement(
            _("No strangers on these pages"),
            _(
                "The pages load nothing from anybody else and follow nobody. They work without scripts, and without a "
                "cookie until you open the form."
            ),
        ),
    ]


def _limits() -> list[Statement]:
    return [*_limits_around(), *_limits_here()]


def _limits_around() -> list[Statement]:
    return [
        Statement(
            _("What you put into a letter"),
            _("Whoever you write to reads it, and we do not know what they do with it."),
        ),
        Statement(
            _("Your mailbox"),
            _(
                "Your mail provider knows that you got a mail from here. If you send your letter by e-mail, it knows "
                "that too, and the embassy sees your address."
            ),
        ),
        Statement(
            _("Your own device and whoever is near"),
            _(
                "A letter stays in your downloads folder, and this address in your browser’s history. Your network "
                "sees that you were here, though not what you did. Tor Browser hides that as well."
            ),
        ),
        Statement(
            _("A copy of this site"),
            _(
                "Anybody can copy these pages. Compare the address, and the fingerprint of the key on the appeal’s "
                "page, with what the organisers publish elsewhere."
            ),
        ),
    ]


def _limits_here() -> list[Statement]:
    return [
        Statement(
            _("A server that has been taken over"),
            _(
                "Whoever controls this server unseen sees those who sign from then on, but not those who signed "
                "before, as long as the organisers open their key elsewhere. They can only try e-mail addresses that "
                "they know or guess: whether each has signed, and which boxes were ticked."
            ),
        ),
        Statement(
            _("People who hold the key"),
            _(
                "They can read the signatures and keep copies. Organisers can lock the key so that it takes two of "
                "them; nothing forces them to."
            ),
        ),
        Statement(
            _("A lost key"),
            _("If the organisers lose it, nobody can open the names again. The count remains."),
        ),
        Statement(
            _("Numbers that are watched"),
            _(
                "The day of a signature, and for most appeals the country, stay readable on the server. On a quiet "
                "appeal a step of the count still says that some people have just signed."
            ),
        ),
        Statement(
            _("A patient forger"),
            _("Somebody with a hundred real mailboxes looks like a hundred people."),
        ),
        Statement(
            _("A flood of visitors"),
            _("Enough of them keep everybody else out for a while. A letter can be written by hand meanwhile."),
        ),
    ]
