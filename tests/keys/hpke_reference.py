"""HPKE in base mode written a second time, from RFC 9180 alone, to open what the product has sealed.

The hybrid KEM is X-Wing (draft-connolly-cfrg-xwing-kem, KEM id 0x647a), whose shared secret is the SHA3-256 of both
shared secrets, the X25519 share, the X25519 public key and a label.
"""

import hashlib
import hmac
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

X25519, X_WING = 0x0020, 0x647A
HKDF_SHA256 = 0x0001
AES_128, AES_256 = 0x0001, 0x0002
_KEY_BYTES = {AES_128: 16, AES_256: 32}
_MLKEM_SHARE_BYTES = 1088
_X_WING_LABEL = bytes.fromhex("5c2e2f2f5e5c")


@dataclass(frozen=True)
class Context:
    """The key schedule of a recipient, as RFC 9180, section 5.1, derives it."""

    key: bytes
    base_nonce: bytes

    def open(self, aad: bytes, ciphertext: bytes) -> bytes:
        """Open the first message of the context."""
        return AESGCM(self.key).decrypt(self.base_nonce, ciphertext, aad)


def _extract(salt: bytes, key: bytes) -> bytes:
    return hmac.digest(salt or bytes(32), key, "sha256")


def _expand(key: bytes, info: bytes, length: int) -> bytes:
    block, out = b"", b""
    for counter in range(1, -(-length // 32) + 1):
        block = hmac.digest(key, block + info + bytes([counter]), "sha256")
        out += block
    return out[:length]


def _labeled_extract(suite: bytes, salt: bytes, label: bytes, key: bytes) -> bytes:
    return _extract(salt, b"HPKE-v1" + suite + label + key)


def _labeled_expand(suite: bytes, key: bytes, label: bytes, info: bytes, length: int) -> bytes:
    return _expand(key, length.to_bytes(2) + b"HPKE-v1" + suite + label + info, length)


def x25519_secret(enc: bytes, private: bytes) -> bytes:
    """DHKEM(X25519, HKDF-SHA256), Decap: RFC 9180, section 4.1."""
    own = X25519PrivateKey.from_private_bytes(private)
    shared = own.exchange(X25519PublicKey.from_public_bytes(enc))
    suite = b"KEM" + X25519.to_bytes(2)
    extracted = _labeled_extract(suite, b"", b"eae_prk", shared)
    context = enc + own.public_key().public_bytes_raw()
    return _labeled_expand(suite, extracted, b"shared_secret", context, 32)


def x_wing_secret(enc: bytes, private: bytes) -> bytes:
    """X-Wing, Decapsulate, with a private key of ML-KEM seed and X25519 key side by side."""
    own = X25519PrivateKey.from_private_bytes(private[64:])
    first = MLKEM768PrivateKey.from_seed_bytes(private[:64]).decapsulate(enc[:_MLKEM_SHARE_BYTES])
    share = enc[_MLKEM_SHARE_BYTES:]
    second = own.exchange(X25519PublicKey.from_public_bytes(share))
    return hashlib.sha3_256(first + second + share + own.public_key().public_bytes_raw() + _X_WING_LABEL).digest()


def context(kem: int, aead: int, shared_secret: bytes, info: bytes) -> Context:
    """Return the key schedule of the base mode."""
    suite = b"HPKE" + kem.to_bytes(2) + HKDF_SHA256.to_bytes(2) + aead.to_bytes(2)
    hashes = _labeled_extract(suite, b"", b"psk_id_hash", b"") + _labeled_extract(suite, b"", b"info_hash", info)
    secret = _labeled_extract(suite, shared_secret, b"secret", b"")
    schedule = b"\x00" + hashes
    key = _labeled_expand(suite, secret, b"key", schedule, _KEY_BYTES[aead])
    return Context(key, _labeled_expand(suite, secret, b"base_nonce", schedule, 12))


def open_sealed(private: bytes, info: bytes, sealed: bytes) -> bytes:
    """Open a record the product has sealed: version byte, encapsulated key, ciphertext."""
    length = {1: 32, 2: _MLKEM_SHARE_BYTES + 32}[sealed[0]]
    enc, ciphertext = sealed[1 : 1 + length], sealed[1 + length :]
    if sealed[0] == 1:
        return context(X25519, AES_256, x25519_secret(enc, private), info).open(b"", ciphertext)
    return context(X_WING, AES_256, x_wing_secret(enc, private), info).open(b"", ciphertext)
