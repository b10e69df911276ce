"""The organisers' keys: making, keeping, testing, sharing and opening them, and sealing records to them."""

from campaign.keys.key_file import DEFAULT_COST, Cost, KeyFileError, WrongPassphraseError, lock, unlock
from campaign.keys.key_tests import KeyState, add_key, confirm_key, key_state, new_test, open_test
from campaign.keys.keyring import CurrentKey, current_key, find_key, keys_of, newest_key, store_public_key
from campaign.keys.pairs import KeyPair, fingerprint, in_groups, key_pair_of, new_key_pair, shown_fingerprint
from campaign.keys.passphrase import new_passphrase
from campaign.keys.public_file import LockedCopy, PublicKeyFile, copy_in, read_public_file, write_public_file
from campaign.keys.sealing import CLASSICAL, HYBRID, SealError, Way, best_way, seal, unseal, way_of_public
from campaign.keys.share_file import lock_share, split
from campaign.keys.tables import SealingKey
from campaign.keys.unlocking import OpenedKey, open_keys

__all__ = [
    "CLASSICAL",
    "DEFAULT_COST",
    "HYBRID",
    "Cost",
    "CurrentKey",
    "KeyFileError",
    "KeyPair",
    "KeyState",
    "LockedCopy",
    "OpenedKey",
    "PublicKeyFile",
    "SealError",
    "SealingKey",
    "Way",
    "WrongPassphraseError",
    "add_key",
    "best_way",
    "confirm_key",
    "copy_in",
    "current_key",
    "find_key",
    "fingerprint",
    "in_groups",
    "key_pair_of",
    "key_state",
    "keys_of",
    "lock",
    "lock_share",
    "new_key_pair",
    "new_passphrase",
    "new_test",
    "newest_key",
    "open_keys",
    "open_test",
    "read_public_file",
    "seal",
    "shown_fingerprint",
    "split",
    "store_public_key",
    "unlock",
    "unseal",
    "way_of_public",
    "write_public_file",
]
