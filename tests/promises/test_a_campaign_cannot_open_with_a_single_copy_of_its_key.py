"""Nobody signs before the organisers have shown that the names can be read again, also when one key file is lost."""

import json
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select

from campaign.cli.passphrases import NewPassphrase
from campaign.cli.server_keys import make_key, second_path
from campaign.core.errors import RefusedError, UnavailableError
from campaign.keys import (
    add_key,
    confirm_key,
    current_key,
    lock,
    new_key_pair,
    new_test,
    open_keys,
    open_test,
    read_public_file,
    write_public_file,
)
from campaign.keys.tables import SealingKey
from campaign.runtime import Runtime
from campaign.signatures import Signature
from tests.locks import CHEAP, cheap_locks
from tests.visitor import SLUG, Visitor

_pair = new_key_pair()
_files = [lock(_pair, words, CHEAP) for words in ("one", "two")]


def _signatures(runtime: Runtime) -> int:
    with runtime.reading() as session:
        return session.scalars(select(func.count()).select_from(Signature)).one()


def _bring_the_words_of(runtime: Runtime, test: str, number: int) -> None:
    (opened,) = open_keys([(_files[number], ("one", "two")[number])])
    with runtime.saving() as session:
        confirm_key(session, SLUG, open_test(test, opened.pair, opened.copies).words, runtime.clock.now().date())
    runtime.forget()


@pytest.fixture
def test_of_the_key(runtime: Runtime) -> str:
    """Put a key that was made elsewhere in the place of the site's own, and make a test for it."""
    with runtime.saving() as session:
        session.execute(delete(SealingKey))
        add_key(session, SLUG, read_public_file(write_public_file(_files)), runtime.clock.now().date())
        return new_test(session, SLUG)


def test_a_key_locked_into_one_file_is_not_taken() -> None:
    with pytest.raises(RefusedError, match="too few files"):
        write_public_file(_files[:1])
    content = json.loads(write_public_file(_files))
    for files in (content["files"][:1], [content["files"][0]] * 2):
        with pytest.raises(RefusedError):
            read_public_file(json.dumps(content | {"files": files}))


def test_nobody_can_sign_before_both_files_have_opened_and_everybody_can_write(
    runtime: Runtime, visitor: Visitor, test_of_the_key: str
) -> None:
    for _opened in range(2):
        assert runtime.usable_key(SLUG) is None
        assert runtime.key_fingerprint(SLUG) == ""
        assert visitor.sign(name="Too early").status_code != 303
        assert visitor.letters_only(name="Writes").status_code == 303
        assert _signatures(runtime) == 0
        _bring_the_words_of(runtime, test_of_the_key, _opened)
    assert runtime.key_fingerprint(SLUG)
    assert visitor.sign(name="In time").status_code == 303
    assert _signatures(runtime) == 1


def test_no_way_of_signing_gets_past_it(runtime: Runtime, test_of_the_key: str) -> None:
    with runtime.reading() as session, pytest.raises(UnavailableError):
        current_key(session, SLUG)


def test_a_key_made_on_the_server_has_two_copies_and_both_were_opened(runtime: Runtime, tmp_path: Path) -> None:
    passphrase = NewPassphrase(tmp_path)
    with cheap_locks():
        paths, words = make_key(runtime, SLUG, passphrase, tmp_path / "own.key"), passphrase.words
    assert paths == (tmp_path / "own.key", second_path(tmp_path / "own.key"))
    assert {one.pair.public for path in paths for one in open_keys([(path.read_text("utf-8"), words)])} == {
        current.public for current in [runtime.usable_key(SLUG)] if current
    }
    assert len({path.read_text("utf-8") for path in paths}) == 2
