"""Signing: sealed signatures, duplicates, drafts of letters, keys and totals. Other rooms import from here."""

from campaign.signatures.amending import (
    adopt_changes,
    amendment_is_genuine,
    change_consents,
    open_amendment,
    seal_amendment,
    seal_consents,
    take_back_consents,
    undone_changes,
)
from campaign.signatures.arrivals import Admission, Arrival, Doorkeeper, House, crowded_countries
from campaign.signatures.blind import canonical_email, is_email, row_is_genuine
from campaign.signatures.cases import cases_given, next_case
from campaign.signatures.certificate import Certificate, Retention
from campaign.signatures.confirming import (
    Answer,
    OwnSignature,
    adopt_unasked,
    confirm,
    lost_link_order,
    open_link,
    order_link,
)
from campaign.signatures.consents import Consents
from campaign.signatures.drafts import (
    DRAFT_LIFETIME,
    Draft,
    SealedDraft,
    delete_draft,
    open_draft,
    seal_draft,
    sweep_drafts,
)
from campaign.signatures.erasing import erase_signature, still_there, withdraw
from campaign.signatures.flags import Flag, flag_called
from campaign.signatures.guard import Guard
from campaign.signatures.index_keys import IndexKeys
from campaign.signatures.intake import Intake
from campaign.signatures.journal import Change, Erasure, ErasureJournal
from campaign.signatures.mailing import MailWriter
from campaign.signatures.older_keys import older_keys
from campaign.signatures.review import (
    INVALIDATE,
    Decision,
    Finding,
    Which,
    batches,
    decide,
    findings,
    preview,
    restore,
    shared_addresses,
)
from campaign.signatures.siblings import waits_for_a_look, withdraw_person
from campaign.signatures.signing import (
    Circumstances,
    SealedSignature,
    SignatureRecord,
    SigningKeys,
    open_signature,
    seal_signature,
    sign,
    store_signatures,
)
from campaign.signatures.tables import Amendment, Channel, LinkPurpose, Signature, State
from campaign.signatures.totals import (
    STANDING,
    Signed,
    Totals,
    count_new,
    recent_days,
    record_letter,
    signed_total,
    totals,
)

__all__ = [
    "DRAFT_LIFETIME",
    "INVALIDATE",
    "STANDING",
    "Admission",
    "Amendment",
    "Answer",
    "Arrival",
    "Certificate",
    "Change",
    "Channel",
    "Circumstances",
    "Consents",
    "Decision",
    "Doorkeeper",
    "Draft",
    "Erasure",
    "ErasureJournal",
    "Finding",
    "Flag",
    "Guard",
    "House",
    "IndexKeys",
    "Intake",
    "LinkPurpose",
    "MailWriter",
    "OwnSignature",
    "Retention",
    "SealedDraft",
    "SealedSignature",
    "Signature",
    "SignatureRecord",
    "Signed",
    "SigningKeys",
    "State",
    "Totals",
    "Which",
    "adopt_changes",
    "adopt_unasked",
    "amendment_is_genuine",
    "batches",
    "canonical_email",
    "cases_given",
    "change_consents",
    "confirm",
    "count_new",
    "crowded_countries",
    "decide",
    "delete_draft",
    "erase_signature",
    "findings",
    "flag_called",
    "is_email",
    "lost_link_order",
    "next_case",
    "older_keys",
    "open_amendment",
    "open_draft",
    "open_link",
    "open_signature",
    "order_link",
    "preview",
    "recent_days",
    "record_letter",
    "restore",
    "row_is_genuine",
    "seal_amendment",
    "seal_consents",
    "seal_draft",
    "seal_signature",
    "shared_addresses",
    "sign",
    "signed_total",
    "still_there",
    "store_signatures",
    "sweep_drafts",
    "take_back_consents",
    "totals",
    "undone_changes",
    "waits_for_a_look",
    "withdraw",
    "withdraw_person",
]
