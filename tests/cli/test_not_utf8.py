"""Text that another program saved in another encoding, handed to a command: a sentence."""

import pytest
from click.testing import CliRunner

from campaign.cli.main import cli
from campaign.core.errors import CampaignError
from campaign.keys import lock
from tests.keys.test_key_file import CHEAP, WORDS


@pytest.fixture
def file(tmp_path, monkeypatch):
    """A file as an old editor saves it."""
    monkeypatch.setenv("INSTANCE", str(tmp_path / "instance"))
    saved = tmp_path / "words.txt"
    saved.write_bytes("Je suis infirmière.".encode("latin-1"))
    return saved


@pytest.mark.parametrize("command", ["letter", "mailto"])
def test_own_words_that_are_not_utf8_are_named(file, tmp_path, command):
    given = ["ua-61-21", "--to", "president", "--country", "FR", "--name", "Aygül Qadir", "--words"]
    out = ["--out", str(tmp_path / "letter.txt")] if command == "letter" else []
    refused = CliRunner().invoke(cli, [command, *given, str(file), *out]).exception
    assert isinstance(refused, CampaignError)
    assert str(refused) == f"{file} is not UTF-8: save it as UTF-8."
    typed = CliRunner().invoke(cli, [command, *given, "-", *out], input=file.read_bytes()).exception
    assert str(typed) == "The input is not UTF-8: save it as UTF-8."


def test_a_passphrase_that_is_not_utf8_is_named(file, tmp_path, key_pair):
    key, test = tmp_path / "team.key", tmp_path / "test.json"
    key.write_text(lock(key_pair, WORDS, CHEAP))
    test.write_text("{}")
    given = ["keys", "test-open", str(test), "--key", str(key), "--passphrase-file", str(file)]
    refused = CliRunner().invoke(cli, given).exception
    assert isinstance(refused, CampaignError)
    assert str(refused) == f"{file} is not UTF-8: save it as UTF-8."
