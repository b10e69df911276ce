"""Drafts: what one visitor typed for their letters, for an hour, readable only with the token in their cookie.

The token is never stored. HKDF (RFC 5869) makes two values of it: an AES key, and one whose hash names the row. Neither
can be found again from the row, so the database shows nothing, and a forged token finds nothing. The token and the name
begin with the moment the draft expires (:func:`~campaign.core.tokens.row_place`): the rows lie in that order.
"""

import hashlib
import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Connection, Select, bindparam, delete, select, update
from sqlalchemy.orm import Session

from campaign.core.database import table_of
from campaign.core.inserting import Rows
from campaign.core.padding import pack, unpack
from campaign.core.tokens import new_token, row_place
from campaign.letters.letter import LetterValues
from campaign.signatures.cases import case_row
from campaign.signatures.tables import CaseGiven, StoredDraft

DRAFT_LIFETIME = timedelta(hours=1)
_NONCE_BYTES = 12
_PLACE_DIGITS = 10
_table = table_of(StoredDraft)
_is_this_draft = _table.c.id_hash == bindparam("name")
_select = select(_table.c.expires_at, _table.c.sealed).where(_is_this_draft)
_select_in_turn = _select.with_for_update()
_reseal = update(_table).where(_is_this_draft).values(sealed=bindparam("new"))
_delete = delete(_table).where(_is_this_draft)


@dataclass(frozen=True)
class Draft:
    """A visitor's letter values for one appeal, and whether they signed its petition.

    ``reported`` holds (recipient, way) for each letter they have said they sent, ``taken`` (recipient, channel) for
    each that was counted when they took it. ``counts``: their letters go into the public numbers.
    """

    slug: str
    values: LetterValues
    signed: bool
    expires_at: datetime
    reported: frozenset[tuple[str, str]] = frozenset()
    taken: frozenset[tuple[str, str]] = frozenset()
    counts: bool = True

    def minutes_left(self, now: datetime) -> int:
        """Return the full minutes until the draft is gone."""
        return max(0, int((self.expires_at - now).total_seconds() // 60))


@dataclass(frozen=True)
class SealedDraft:
    """A draft ready to be stored, and the only key to it; ``repr`` shows neither.

    ``case`` is the row that counts its case; ``None`` where there is none, or it was counted before.
    """

    token: str = field(repr=False)
    row: dict[str, Any] = field(repr=False)
    case: dict[str, Any] | None = field(default=None, repr=False)


def seal_draft(
    slug: str,
    values: LetterValues,
    now: datetime,
    *,
    signed: bool = False,
    before: Draft | None = None,
    counts: bool = True,
) -> SealedDraft:
    """Return a new draft, encrypted and ready to be stored for an hour; its token exists nowhere else.

    ``before`` is the draft that this one replaces: what was counted of it is not counted again. Of one that does not
    count (``counts``), neither is its case.
    """
    expires_at = now + DRAFT_LIFETIME
    token = row_place(int(expires_at.timestamp())).hex() + new_token()
    counted = ("", before.values.case) if before else ("",)
    case = case_row(slug, now.date(), values.case) if counts and values.case not in counted else None
    draft = Draft(slug, values, signed, expires_at, counts=counts)
    if before:
        draft = replace(draft, reported=before.reported, taken=before.taken)
    return SealedDraft(token, _row(token, draft), case)


def draft_rows(drafts: Sequence[SealedDraft]) -> list[Rows]:
    """Return drafts as rows, and the cases they are about, to be inserted with others."""
    return [
        Rows(CaseGiven, [draft.case for draft in drafts if draft.case]),
        Rows(StoredDraft, [draft.row for draft in drafts]),
    ]


def delete_drafts(connection: Connection, tokens: Sequence[str]) -> None:
    """Delete the drafts of some tokens, as far as there are any."""
    if tokens:
        connection.execute(_delete, [{"name": _secrets_of(token)[1]} for token in tokens])


def open_draft(session: Session, token: str, now: datetime) -> Draft | None:
    """Return the draft of a token, or ``None`` when it is over, cleared, or was never there."""
    return _opened(session, token, now, _select)


def report_sent(session: Session, token: str, now: datetime, recipient: str, way: str) -> bool:
    """Note in a draft that its letter to ``recipient`` was sent by ``way``; say whether that was news.

    The draft keeps its hour. Two clicks at the same moment take turns at the row, so only one of them is news.
    """
    draft = _opened(session, token, now, _select_in_turn)
    if draft is None or (recipient, way) in draft.reported:
        return False
    _reseal_as(session, token, replace(draft, reported=draft.reported | {(recipient, way)}))
    return True


def take_letters(
    session: Session, token: str, now: datetime, letters: Collection[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Note in a draft that letters, as (recipient, channel), were taken away; return those that are to be counted.

    Each is once, and none is of a draft that does not count. Clicks at the same moment take turns.
    """
    draft = _opened(session, token, now, _select_in_turn)
    if draft is None or not draft.counts:
        return []
    news = [one for one in dict.fromkeys(letters) if one not in draft.taken]
    if news:
        _reseal_as(session, token, replace(draft, taken=draft.taken.union(news)))
    return news


def _reseal_as(session: Session, token: str, draft: Draft) -> None:
    """Let the row of a draft hold something else; its hour stays."""
    key, id_hash = _secrets_of(token)
    session.connection().execute(_reseal, {"name": id_hash, "new": _sealed(key, draft)})


def _opened(session: Session, token: str, now: datetime, query: Select[tuple[int, bytes]]) -> Draft | None:
    key, id_hash = _secrets_of(token)
    row = session.connection().execute(query, {"name": id_hash}).first()
    if row is None or row.expires_at <= int(now.timestamp()):
        return None
    nonce, encrypted = row.sealed[:_NONCE_BYTES], row.sealed[_NONCE_BYTES:]
    try:
        content = unpack(AESGCM(key).decrypt(nonce, encrypted, _bound_to(row.expires_at)))
        return Draft(
            slug=content["slug"],
            values=_values(content["values"]),
            signed=content["signed"],
            expires_at=datetime.fromtimestamp(row.expires_at, UTC),
            reported=_pairs(content.get("reported", ())),
            taken=_pairs(content.get("taken", ())),
            counts=content.get("counts", True),
        )
    except (InvalidTag, KeyError, TypeError, ValueError):  # changed in the database, or of an older version
        return None


def delete_draft(session: Session, token: str) -> None:
    """Delete the draft of a token, if there is one."""
    delete_drafts(session.connection(), [token] if token else [])


def sweep_drafts(session: Session, now: datetime) -> int:
    """Delete every draft whose hour is over and return how many there were."""
    result = session.execute(delete(StoredDraft).where(StoredDraft.id_hash < row_place(int(now.timestamp()) + 1)))
    return int(getattr(result, "rowcount", 0))


def _row(token: str, draft: Draft) -> dict[str, Any]:
    key, id_hash = _secrets_of(token)
    return {"id_hash": id_hash, "expires_at": int(draft.expires_at.timestamp()), "sealed": _sealed(key, draft)}


def _sealed(key: bytes, draft: Draft) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    content = {"slug": draft.slug, "signed": draft.signed, "values": vars(draft.values)}
    content["reported"] = sorted(draft.reported)
    if draft.taken:
        content["taken"] = sorted(draft.taken)
    if not draft.counts:
        content["counts"] = False
    expires_at = int(draft.expires_at.timestamp())
    return nonce + AESGCM(key).encrypt(nonce, pack(content), _bound_to(expires_at))


def _secrets_of(token: str) -> tuple[bytes, bytes]:
    """Return the encryption key and the name of the row, 32 bytes each."""
    both = HKDF(SHA256(), 64, None, b"campaign draft").derive(token.encode("utf-8", "surrogatepass"))
    try:
        place = bytes.fromhex(token[:_PLACE_DIGITS])
    except ValueError:  # none of ours
        place = b""
    return both[:32], place + hashlib.sha256(both[32:]).digest()[len(place) :]


def _bound_to(expires_at: int) -> bytes:
    """Return what is authenticated with the draft, so that nobody can prolong it by changing its row."""
    return expires_at.to_bytes(8, signed=True)


def _pairs(found: Iterable[Sequence[str]]) -> frozenset[tuple[str, str]]:
    return frozenset((one, other) for one, other in found)


def _values(found: dict[str, Any]) -> LetterValues:
    # A draft of the version before has no "recipients": whoever left the form then finds their letters again.
    lists = {name: tuple(found.get(name, ())) for name in ("demands", "recipients")}
    return LetterValues(**(found | lists))
