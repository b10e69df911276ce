"""Rows for a directory of our own: a sound one of each table, to be spoiled cell by cell."""

import csv
import io

from campaign.recipients.directory_file import Sheet, Table, read_sheet

EMBASSY = {
    "host_country": "FR",
    "host_country_name": "France",
    "mission_type": "embassy",
    "city": "Paris",
    "located_in": "FR",
    "address_lines": "1, rue de l'Essai|75007 Paris",
    "postcode": "75007",
    "email": "embassy@mission.org",
    "fax": "",
    "phone": "+33 1 53 75 88 05",
    "website": "https://mission.org/fr",
    "lat": "48.85",
    "lon": "2.35",
    "address_level": "street",
    "covered_by": "",
    "source": "A list",
    "source_date": "2026-01-15",
    "confidence": "high",
    "verified_by": "",
    "notes": "",
}
NOBODY = dict.fromkeys(EMBASSY, "") | {
    "host_country": "MC",
    "host_country_name": "Monaco",
    "mission_type": "none",
    "address_level": "none",
    "covered_by": "FR",
    "source": "A list",
    "source_date": "2026-01-15",
    "confidence": "medium",
}
AMBASSADOR = {
    "country": "FR",
    "country_name": "France",
    "name": "Name Of Somebody",
    "family_name": "Somebody",
    "honorific": "",
    "as_of": "2026-01-15",
    "kind": "in office",
    "source": "A page",
    "note": "",
}


def as_csv(table: Table, *rows: dict[str, str], delimiter: str = ",") -> bytes:
    """Write rows as a file of the directory."""
    text = io.StringIO()
    writer = csv.DictWriter(text, table.columns, delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def missions(*rows: dict[str, str]) -> Sheet:
    """Return a table of missions with these rows, or with a sound one."""
    return read_sheet(as_csv(Table.MISSIONS, *(rows or (EMBASSY,))), "missions.csv")


def ambassadors(*rows: dict[str, str]) -> Sheet:
    """Return a table of ambassadors with these rows."""
    return read_sheet(as_csv(Table.AMBASSADORS, *rows), "ambassadors.csv")
