"""Both ways of sealing are what their RFCs say, stay what they are, and cannot be mistaken for each other."""

import json
from pathlib import Path

import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey

from campaign.core.padding import unpack
from campaign.keys import CLASSICAL, HYBRID, SealError, Way, best_way, new_key_pair, seal, sealing, unseal
from campaign.keys.pairs import key_pair_of
from tests.keys.hpke_reference import AES_128, X25519, context, open_sealed, x25519_secret

ROW = bytes(range(16))
SLUG = "ua-61-21"
BOTH = pytest.mark.parametrize("way", [HYBRID, CLASSICAL], ids=["0x02", "0x01"])
RECORD = {"name": "Ngũgĩ", "consents": {"count": True}}


@BOTH
def test_the_first_byte_says_how_a_record_was_sealed(way: Way) -> None:
    pair = new_key_pair(way)
    sealed = seal(pair.public, SLUG, ROW, 1, RECORD)
    assert sealed[:1] == way.version
    assert unseal(pair.private, SLUG, ROW, 1, sealed) == RECORD
    assert (len(pair.private), len(pair.public)) == (way.private_bytes, way.public_bytes)


@pytest.mark.parametrize("name", ["sealed-01.json", "sealed-02.json"])
def test_what_was_sealed_once_opens_for_ever(name: str) -> None:
    known = json.loads((Path(__file__).parent / "data" / name).read_text("utf-8"))
    pair = key_pair_of(bytes.fromhex(known["private"]))
    sealed = bytes.fromhex(known["sealed"])
    assert pair.public.hex() == known["public"]
    assert unseal(pair.private, known["slug"], bytes.fromhex(known["row"]), known["epoch"], sealed) == known["record"]


def test_the_second_implementation_agrees_with_the_first_vector_of_rfc_9180() -> None:
    vector = {
        "info": "4f6465206f6e2061204772656369616e2055726e",
        "skRm": "4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8",
        "enc": "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431",
        "shared_secret": "fe0e18c9f024ce43799ae393c7e8fe8fce9d218875e8227b0187c04e7d2ea1fc",
        "key": "4531685d41d65f03dc48f6b8302c05b0",
        "base_nonce": "56d890e5accaaf011cff4b7d",
        "aad": "436f756e742d30",
        "pt": "4265617574792069732074727574682c20747275746820626561757479",
        "ct": "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a",
    }
    raw = {name: bytes.fromhex(digits) for name, digits in vector.items()}
    secret = x25519_secret(raw["enc"], raw["skRm"])
    own = context(X25519, AES_128, secret, raw["info"])
    assert (secret, own.key, own.base_nonce) == (raw["shared_secret"], raw["key"], raw["base_nonce"])
    assert own.open(raw["aad"], raw["ct"]) == raw["pt"]


@BOTH
def test_a_second_implementation_opens_what_we_seal(way: Way) -> None:
    pair = new_key_pair(way)
    info = f"campaign signature|{SLUG}|{ROW.hex()}|3".encode()
    assert unpack(open_sealed(pair.private, info, seal(pair.public, SLUG, ROW, 3, RECORD))) == RECORD


def test_a_record_of_one_way_does_not_open_as_one_of_the_other() -> None:
    hybrid, classical = new_key_pair(HYBRID), new_key_pair(CLASSICAL)
    for pair, other in ((hybrid, classical), (classical, hybrid)):
        sealed = seal(pair.public, SLUG, ROW, 1, RECORD)
        for changed in (sealed, other.private[:0] + (b"\x01" if sealed[:1] == b"\x02" else b"\x02") + sealed[1:]):
            with pytest.raises(SealError):
                unseal(other.private, SLUG, ROW, 1, changed)
        with pytest.raises(SealError):
            unseal(pair.private, SLUG, ROW, 1, changed)


def test_a_hybrid_record_cannot_be_opened_with_its_classical_half_alone() -> None:
    pair = new_key_pair(HYBRID)
    sealed = seal(pair.public, SLUG, ROW, 1, RECORD)
    for stripped in (sealed, b"\x01" + sealed[1:], b"\x01" + sealed[1 + 1088 :]):
        with pytest.raises(SealError):
            unseal(pair.private[64:], SLUG, ROW, 1, stripped)


@BOTH
def test_one_kind_of_record_does_not_open_as_another(way: Way) -> None:
    pair = new_key_pair(way)
    sealed = seal(pair.public, SLUG, ROW, 1, RECORD, what="key test")
    assert unseal(pair.private, SLUG, ROW, 1, sealed, what="key test") == RECORD
    with pytest.raises(SealError):
        unseal(pair.private, SLUG, ROW, 1, sealed)


def test_a_machine_without_ml_kem_makes_classical_keys_and_says_what_it_cannot_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pair = new_key_pair(HYBRID)

    class Missing:
        @staticmethod
        def from_seed_bytes(_seed: bytes) -> MLKEM768PrivateKey:
            raise UnsupportedAlgorithm("ML-KEM-768 is not supported here")

        from_public_bytes = from_seed_bytes

    monkeypatch.setattr(sealing, "MLKEM768PrivateKey", Missing)
    monkeypatch.setattr(sealing, "MLKEM768PublicKey", Missing)
    caches = (sealing.best_way, sealing._read_public, sealing._read_private)
    for cache in caches:
        cache.cache_clear()
    try:
        assert best_way() is CLASSICAL
        assert len(new_key_pair().private) == 32
        for use in (lambda: seal(pair.public, SLUG, ROW, 1, {}), lambda: key_pair_of(pair.private)):
            with pytest.raises(SealError, match="no ML-KEM"):
                use()
    finally:
        for cache in caches:
            cache.cache_clear()


def test_this_machine_has_the_hybrid_way() -> None:
    assert best_way() is HYBRID
