"""A key for two people: whoever has one file and its words has nothing, whatever they try with it."""

import json
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from campaign.cli.offline_keys import locked_files
from campaign.core.errors import RefusedError
from campaign.keys import Cost, SealError, new_key_pair, open_keys, read_public_file, seal, unseal, write_public_file
from campaign.keys.locked_file import from_base64
from campaign.keys.share_file import _bound_to, unlock_share

CHEAP = Cost(memory_kib=64, iterations=1)
_pair = new_key_pair()


@pytest.mark.parametrize("holders", [2, 3])
def test_no_file_opens_alone_and_any_two_of_different_people_do(holders: int) -> None:
    files = list(locked_files(_pair, "ua", holders, CHEAP).items())
    read_public_file(write_public_file([text for _, (text, _) in files]))
    for name, file in files:
        with pytest.raises(RefusedError):
            open_keys([file])
        for other_name, other in files:
            if name[:10] == other_name[:10]:
                with pytest.raises(RefusedError):
                    open_keys([file, other])
            else:
                assert open_keys([file, other])[0].pair == _pair


def test_what_one_person_gets_out_of_their_file_is_not_the_key_and_does_not_open_what_lies_beside_it() -> None:
    for text, words in locked_files(_pair, "ua", 2, CHEAP).values():
        share = unlock_share(text, words)
        (part,) = share.parts
        nonce, key = (from_base64(json.loads(text)["pairs"][0][name]) for name in ("nonce", "key"))
        assert part.half not in _pair.private
        for guess in (part.half, bytes(32), bytes(a ^ 0xFF for a in part.half)):
            with pytest.raises(InvalidTag):
                AESGCM(guess).decrypt(nonce, key, _bound_to(_pair.public, 1, 2))


def test_one_half_opens_no_signature() -> None:
    sealed = seal(_pair.public, "ua-61-21", bytes(16), 1, {"name": "Aygül"})
    for text, words in locked_files(_pair, "ua", 2, CHEAP).values():
        half = unlock_share(text, words).parts[0].half
        for guess in (half, half * 3):
            with pytest.raises(SealError):
                unseal(guess, "ua-61-21", bytes(16), 1, sealed)


def test_neither_file_shows_the_private_key(tmp_path: Path) -> None:
    for text, _ in locked_files(_pair, "ua", 3, CHEAP).values():
        content = json.loads(text)
        shown = text.encode() + b"".join(from_base64(pair["key"]) for pair in content["pairs"])
        assert not any(_pair.private[start : start + 16] in shown for start in range(0, 96, 16))
