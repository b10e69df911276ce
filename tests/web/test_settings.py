"""The program starts with complete settings or says which are missing."""

import pytest
from pydantic import SecretBytes, ValidationError

from campaign.settings import Settings, SettingsError, load_settings
from tests.site import make_settings


def test_without_secrets_it_refuses_to_start_and_names_each_of_them(tmp_path, monkeypatch):
    for name in ("SECRET_KEY", "INDEX_KEY", "ROW_KEY", "OUTBOX_KEY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SettingsError) as error:
        load_settings(tmp_path)
    for name in ("SECRET_KEY", "INDEX_KEY", "ROW_KEY", "OUTBOX_KEY", "bin/campaign setup"):
        assert name in str(error.value)


def test_secrets_come_from_files_beside_the_instance_or_from_the_environment(tmp_path, monkeypatch):
    folder = tmp_path / "secrets"
    folder.mkdir()
    for name in ("secret_key", "index_key", "outbox_key"):
        (folder / name).write_text("ab" * 32)
    monkeypatch.setenv("ROW_KEY", "cd" * 32)
    settings = load_settings(tmp_path)
    assert settings.index_key.get_secret_value() == b"\xab" * 32
    assert settings.row_key.get_secret_value() == b"\xcd" * 32


def test_what_systemd_hands_over_in_memory_comes_before_the_files(tmp_path, monkeypatch):
    for folder, secret in (("secrets", "ab" * 32), ("handed", "ef" * 32)):
        (tmp_path / folder).mkdir()
        for name, field in Settings.model_fields.items():
            if field.annotation is SecretBytes:
                (tmp_path / folder / name).write_text(secret)
    assert load_settings(tmp_path).row_key.get_secret_value() == b"\xab" * 32
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "handed"))
    assert load_settings(tmp_path).row_key.get_secret_value() == b"\xef" * 32
    monkeypatch.setenv("ROW_KEY", "cd" * 32)
    assert load_settings(tmp_path).row_key.get_secret_value() == b"\xcd" * 32


@pytest.mark.parametrize("secret", ["", "short", "abcd", "zz" * 40 + "!"])
def test_a_secret_that_is_none_is_refused_and_not_repeated(tmp_path, secret):
    with pytest.raises(ValidationError) as error:
        make_settings(tmp_path, "", secret_key=secret)
    assert "secret_key" in str(error.value)


@pytest.mark.parametrize("url", ["letters.example.org", "ftp://x.org", "https://x.org/path", "https://"])
def test_the_public_address_must_be_an_address(tmp_path, url):
    with pytest.raises(ValidationError):
        make_settings(tmp_path, "", public_url=url)


def test_secrets_do_not_show_when_settings_are_printed(tmp_path):
    assert "11111111" not in repr(make_settings(tmp_path, ""))


def test_the_default_database_is_a_file_in_the_instance_folder(tmp_path):
    assert make_settings(tmp_path, "").database == f"sqlite:///{tmp_path / 'campaign.db'}"


def test_every_setting_has_a_description():
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
