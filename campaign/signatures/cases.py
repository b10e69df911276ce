"""Which case the next writer gets: the one with the fewest letters so far, as last counted.

Giving a case only inserts a row of its own, in the transaction that stores the writer's draft, so nobody waits for
anybody. The count job adds the rows up and forgets them. Between two countings the sums stand still: then it is the
lot that keeps writers from all getting the same case.
"""

import secrets
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from campaign.signatures.tables import CaseGiven, CaseTotal

_NEARLY = 100
"""Cases within this part of all letters (a hundredth) count as tied: on a busy day a single "fewest" would get
everybody who comes between two countings, and be the one with the most after it."""


def next_case(cases: Collection[str], given: Mapping[str, int]) -> str:
    """Return one of the cases with the fewest letters, drawn by lot among those tied or nearly so.

    ``given`` is what :func:`cases_given` has read; raises :class:`ValueError` without any case.
    """
    counts = {case: given.get(case, 0) for case in cases}
    most = min(counts.values()) + sum(counts.values()) // _NEARLY
    return secrets.choice([case for case, n in counts.items() if n <= most])


def case_row(slug: str, day: date, case: str) -> dict[str, Any]:
    """Return the row that says: one more writer was given this case. It says nothing about who."""
    return {"slug": slug, "id": secrets.token_bytes(16), "day": day, "case_id": case}


def count_cases(session: Session, slug: str) -> None:
    """Add up what was given since the last counting. The caller has taken its turn to count this appeal."""
    # One statement reads and removes, so a case given meanwhile is neither lost nor counted twice.
    gone = delete(CaseGiven).where(CaseGiven.slug == slug).returning(CaseGiven.day, CaseGiven.case_id)
    for (day, case), n in Counter(map(tuple, session.execute(gone))).items():
        key = {"slug": slug, "day": day, "case_id": case}
        total = session.get(CaseTotal, key, with_for_update=True)
        if total is None:
            session.add(CaseTotal(**key, n=n))
        else:
            total.n += n
    session.flush()


def cases_given(session: Session, slug: str) -> Mapping[str, int]:
    """Return to how many writers each case of an appeal was given, as last counted."""
    counted = select(CaseTotal.case_id, func.sum(CaseTotal.n)).where(CaseTotal.slug == slug)
    return {case: int(n) for case, n in session.execute(counted.group_by(CaseTotal.case_id))}
