"""Signing: sealed signatures, duplicates, drafts of letters, keys and totals. Other rooms import from here."""

from campaign.signatures.blind import canonical_email, is_email, row_is_genuine
from campaign.signatures.drafts import (
    DRAFT_LIFETIME,
    Draft,
    SealedDraft,
    delete_draft,
    open_draft,
    replace_draft,
    save_draft,
    seal_draft,
    sweep_drafts,
)
from campaign.signatures.intake import Intake
from campaign.signatures.key_file import Cost, KeyFileError, WrongPassphraseError, lock, public_key_in, unlock
from campaign.signatures.keyring import CurrentKey, current_key, find_key, store_public_key
from campaign.signatures.keys import KeyPair, fingerprint, key_pair_of, new_key_pair, shown_fingerprint
from campaign.signatures.passphrase import new_passphrase
from campaign.signatures.sealing import SealError, seal, unseal
from campaign.signatures.signing import (
    Consents,
    SealedSignature,
    SignatureRecord,
    SigningKeys,
    open_signature,
    seal_signature,
    sign,
    store_signatures,
)
from campaign.signatures.tables import Channel, SealingKey, Signature, State
from campaign.signatures.totals import (
    STANDING,
    Totals,
    count_new,
    recent_days,
    record_letter,
    signed_total,
    totals,
)

__all__ = [
    "DRAFT_LIFETIME",
    "STANDING",
    "Channel",
    "Consents",
    "Cost",
    "CurrentKey",
    "Draft",
    "Intake",
    "KeyFileError",
    "KeyPair",
    "SealError",
    "SealedDraft",
    "SealedSignature",
    "SealingKey",
    "Signature",
    "SignatureRecord",
    "SigningKeys",
    "State",
    "Totals",
    "WrongPassphraseError",
    "canonical_email",
    "count_new",
    "current_key",
    "delete_draft",
    "find_key",
    "fingerprint",
    "is_email",
    "key_pair_of",
    "lock",
    "new_key_pair",
    "new_passphrase",
    "open_draft",
    "open_signature",
    "public_key_in",
    "recent_days",
    "record_letter",
    "replace_draft",
    "row_is_genuine",
    "save_draft",
    "seal",
    "seal_draft",
    "seal_signature",
    "shown_fingerprint",
    "sign",
    "signed_total",
    "store_public_key",
    "store_signatures",
    "sweep_drafts",
    "totals",
    "unlock",
    "unseal",
]
