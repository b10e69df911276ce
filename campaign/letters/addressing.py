"""From a recipient of the pack to the address on this supporter's letter."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from campaign.appeals.definition import Recipient, in_locale
from campaign.letters.letter import Addressee
from campaign.letters.phrases import PHRASES, Phrases, Post, phrases_for
from campaign.recipients.countries import country_line, country_name
from campaign.recipients.directory import MissionsDirectory
from campaign.recipients.mission import Envoy, Mission


@dataclass(frozen=True)
class AddressWords:
    """How an envelope names a mission and its head, in one language written in Latin script.

    ``named`` and ``posts_named`` go by the honorific the directory gives for the person ("" where it gives none).
    """

    named: Mapping[str, str]
    posts_named: Mapping[str, str]
    posts: Mapping[Post, str]
    houses: Mapping[Post, str]


ADDRESS_WORDS: Mapping[str, AddressWords] = {
    "en": AddressWords(
        named={"": "H.E. {name}", "His Excellency": "His Excellency {name}", "Her Excellency": "Her Excellency {name}"},
        posts_named={"": "Ambassador"},
        posts={
            Post.AMBASSADOR: "The Ambassador",
            Post.CHARGE: "The Chargé d'Affaires",
            Post.HEAD: "The Head of Office",
        },
        houses={
            Post.AMBASSADOR: "Embassy {of_state}",
            Post.CHARGE: "Office of the Chargé d'Affaires {of_state}",
            Post.HEAD: "Office {of_state}",
        },
    ),
    "fr": AddressWords(
        named={"": "S.E. {name}", "His Excellency": "S.E. M. {name}", "Her Excellency": "S.E. Mme {name}"},
        posts_named={"": "Ambassadeur", "Her Excellency": "Ambassadrice"},
        posts={
            Post.AMBASSADOR: "L'Ambassadeur",
            Post.CHARGE: "Le Chargé d'affaires",
            Post.HEAD: "Le Chef du bureau",
        },
        houses={
            Post.AMBASSADOR: "Ambassade {of_state}",
            Post.CHARGE: "Bureau du Chargé d'affaires {of_state}",
            Post.HEAD: "Bureau {of_state}",
        },
    ),
}

# Offices led by a chargé d'affaires; any other office has a head of office.
_CHARGE_OFFICES = frozenset({("CN", "LT")})


def address(
    recipient: Recipient,
    country: str,
    locale: str,
    directory: MissionsDirectory,
    today: date,
    *,
    mission_country: str = "",
) -> Addressee | None:
    """Return where the letter to ``recipient`` goes from ``country``, or ``None`` where no mission serves it.

    Lines are printed as the pack and the directory give them: any re-ordering would be a guess. Of a mission whose
    address is not confirmed there are only those that name the house, in every form of the letter. The country line is
    empty when the letter stays in the supporter's country (USPS Publication 28, A31: domestic mail names none).
    With ``mission_country`` the letter goes to the mission that serves that country; it is still posted in ``country``.
    """
    if not recipient.mission:
        return _fixed(recipient, country, locale)
    choice = directory.choose(recipient.mission, mission_country or country, today)
    return _at_mission(recipient, choice.mission, choice.envoy, country, locale) if choice.mission else None


def _fixed(recipient: Recipient, country: str, locale: str) -> Addressee:
    address_locale = phrases_for(locale).address_locale
    named = recipient.country_line.get(address_locale)
    line = named.upper() if named else country_line(recipient.country, address_locale)
    return Addressee(
        recipient=recipient.id,
        role=recipient.role,
        title=in_locale(recipient.title, locale),
        lines=recipient.lines,
        country=recipient.country,
        country_line="" if recipient.country == country else line,
        local_line=recipient.local_line,
        local_locale=recipient.local_locale,
        email=recipient.email,
        fax=recipient.fax,
        fax_e164=recipient.fax_e164,
        postable=bool(recipient.lines),
    )


def _at_mission(recipient: Recipient, mission: Mission, envoy: Envoy | None, posted_in: str, locale: str) -> Addressee:
    phrases = phrases_for(locale)
    address_locale = phrases.address_locale if mission.state in phrases.of_state else "en"
    return Addressee(
        recipient=recipient.id,
        role=recipient.role,
        title=_title(mission, envoy, phrases, locale),
        lines=(*_heading(mission, envoy, address_locale), *(mission.lines if mission.postable else ())),
        country=mission.located_in,
        country_line="" if mission.located_in == posted_in else country_line(mission.located_in, address_locale),
        email=mission.email,
        fax=mission.fax,
        fax_e164=mission.fax_e164,
        postable=mission.postable,
    )


def _post(mission: Mission) -> Post:
    if mission.kind == "embassy":
        return Post.AMBASSADOR
    return Post.CHARGE if (mission.state, mission.host) in _CHARGE_OFFICES else Post.HEAD


def _title(mission: Mission, envoy: Envoy | None, phrases: Phrases, locale: str) -> str:
    """Name the mission's head for the cc line and the page, in the letter's own language."""
    # "de", "du" or "des" before a state's name: only a written entry knows, so without one English speaks.
    if phrases is PHRASES["en"] or (mission.state not in phrases.of_state and phrases.address_locale == locale):
        phrases, locale = PHRASES["en"], "en"
    post = _post(mission)
    words = phrases.posts[post]
    if envoy and post is Post.AMBASSADOR:
        words = phrases.ambassadors_named.get(envoy.honorific, words)
    return words.format(
        of_state=_of_state(mission.state, phrases, locale), city=mission.city, host=country_name(mission.host, locale)
    )


def _of_state(state: str, phrases: Phrases, locale: str) -> str:
    known = phrases.of_state.get(state)
    if known:
        return known
    name = country_name(state, locale)
    return f"of {name}" if phrases is PHRASES["en"] else name


def _heading(mission: Mission, envoy: Envoy | None, address_locale: str) -> tuple[str, ...]:
    """Return the lines above the street: the person while the name is fresh, the office, the house."""
    words = ADDRESS_WORDS[address_locale]
    post = _post(mission)
    house = words.houses[post].format(of_state=_of_state(mission.state, PHRASES[address_locale], address_locale))
    if envoy is None or post is not Post.AMBASSADOR:
        return words.posts[post], house
    honorific = envoy.honorific if envoy.honorific in words.named else ""
    title = words.posts_named.get(honorific, words.posts_named[""])
    return words.named[honorific].format(name=envoy.name), title, house
