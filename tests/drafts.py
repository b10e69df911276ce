"""A draft put into the database without the form that it usually comes from."""

from datetime import datetime

from sqlalchemy.orm import Session

from campaign.core.inserting import insert_rows
from campaign.letters.letter import LetterValues
from campaign.signatures import seal_draft
from campaign.signatures.drafts import draft_rows


def save_draft(session: Session, slug: str, values: LetterValues, now: datetime, *, signed: bool = False) -> str:
    """Store a new draft for an hour and return its token."""
    draft = seal_draft(slug, values, now, signed=signed)
    insert_rows(session.connection(), *draft_rows([draft]))
    return draft.token
