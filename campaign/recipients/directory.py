"""The directory of missions abroad: which embassy gets the copy from a supporter's country."""

import csv
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import phonenumbers

from campaign.core.errors import CampaignError
from campaign.recipients.mission import Confidence, Envoy, Mission, MissionChoice

# Ambassadors serve about three years; past two a printed name is more often wrong than not.
FRESH_FOR_YEARS = 2

# In the kind of an ambassador's row: the name stays to say whom an older document named, and is never addressed.
SUPERSEDED = "superseded"

# Missions that get letters; those to the United Nations do not.
LETTER_KINDS = ("embassy", "office")


class MissionsDirectory:
    """Every known mission, by the state that sends it and the country that hosts it."""

    def __init__(
        self,
        missions: Mapping[tuple[str, str], Mission],
        covered: Mapping[tuple[str, str], str],
        without: Iterable[tuple[str, str]] = (),
    ) -> None:
        """Hold missions by (state, host country); for countries without one, who covers them, or that nobody does."""
        self._missions = dict(missions)
        self._covered = dict(covered)
        self._without = set(without)

    @classmethod
    def load(cls, folder: Path) -> "MissionsDirectory":
        """Read ``<folder>/<STATE>/missions.csv`` and ``ambassadors.csv`` for every state there is."""
        directory = cls({}, {})
        for path in sorted(folder.glob("*/missions.csv")):
            try:
                directory._read(path)
            except (KeyError, ValueError, TypeError, OSError) as error:
                state = path.parent.name
                raise CampaignError(
                    f"{path} cannot be read ({error}). “bin/campaign missions check --state {state}” names the line."
                ) from error
        return directory

    def _read(self, path: Path) -> None:
        state = path.parent.name
        envoys = _latest_envoys(_rows(path.with_name("ambassadors.csv")))
        for row in _rows(path):
            host = row["host_country"]
            if row["mission_type"] in LETTER_KINDS:
                self._missions[state, host] = _mission(state, row, envoys.get(host))
            elif row["covered_by"]:
                self._covered[state, host] = row["covered_by"]
            elif row["mission_type"] == "none":
                self._without.add((state, host))

    @property
    def states(self) -> frozenset[str]:
        """The states whose missions the directory knows."""
        return frozenset(state for state, _ in self._missions)

    def missions(self, state: str) -> Iterable[Mission]:
        """Every mission of a state, by host country."""
        return (mission for (of, _), mission in sorted(self._missions.items()) if of == state)

    def choose(self, state: str, country: str, today: date) -> MissionChoice:
        """Return the mission of ``state`` that serves people in ``country``; never guesses one."""
        covered_by = ""
        mission = self._missions.get((state, country))
        if mission is None:
            covered_by = self._covered.get((state, country), "")
            mission = self._missions.get((state, covered_by))
        if mission is None:
            listed = (state, country) in self._without or (state, country) in self._covered
            return MissionChoice(state=state, asked=country, mission=None, listed=listed)
        envoy = mission.envoy if mission.envoy and is_fresh(mission.envoy, today) else None
        return MissionChoice(state=state, asked=country, mission=mission, covered_by=covered_by, envoy=envoy)


def fresh_until(day: date) -> date:
    """Return the last day on which something dated ``day`` is still believed."""
    year = day.year + FRESH_FOR_YEARS
    return date(year, 2, 28) if (day.month, day.day) == (2, 29) else day.replace(year=year)


def is_fresh(envoy: Envoy, today: date) -> bool:
    """Say whether a dated name may still be printed in a letter on that day."""
    return envoy.as_of <= today <= fresh_until(envoy.as_of)


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _latest_envoys(rows: Iterable[Mapping[str, str]]) -> dict[str, Envoy]:
    latest: dict[str, Envoy] = {}
    for row in rows:
        if SUPERSEDED in row["kind"]:
            continue
        envoy = Envoy(
            name=row["name"],
            honorific=row["honorific"],
            as_of=date.fromisoformat(row["as_of"]),
        )
        country = row["country"]
        if country not in latest or envoy.as_of > latest[country].as_of:
            latest[country] = envoy
    return latest


def _mission(state: str, row: Mapping[str, str], envoy: Envoy | None) -> Mission:
    located_in = row["located_in"] or row["host_country"]
    return Mission(
        state=state,
        host=row["host_country"],
        kind=row["mission_type"],
        city=row["city"],
        located_in=located_in,
        lines=tuple(line for line in row["address_lines"].split("|") if line),
        email=row["email"],
        fax=row["fax"],
        fax_e164=_e164(row["fax"], located_in),
        phone=row["phone"],
        confidence=Confidence(row["confidence"]),
        source=row["source"],
        source_date=date.fromisoformat(row["source_date"]) if row["source_date"] else None,
        envoy=envoy,
        street_known=row["address_level"] != "district",
    )


def _e164(number: str, region: str) -> str:
    """Return the number as dialled from anywhere (ITU-T E.164), or ``""`` when it is not a valid one."""
    if not number:
        return ""
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(parsed):
        return ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
