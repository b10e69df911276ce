"""The program starts with complete settings or says which are missing."""

import pytest
from click.testing import CliRunner
from pydantic import SecretBytes, ValidationError

from campaign.cli.main import cli
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


@pytest.fixture
def refused(tmp_path, monkeypatch):
    """Start with secrets and some wrong settings; return what is said."""

    def start(**settings: str) -> str:
        for name in ("SECRET_KEY", "INDEX_KEY", "ROW_KEY", "OUTBOX_KEY"):
            monkeypatch.setenv(name, "11" * 32)
        for name, value in settings.items():
            monkeypatch.setenv(name.upper(), value)
        with pytest.raises(SettingsError) as error:
            load_settings(tmp_path)
        return str(error.value)

    return start


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("switches", "pause-singing", "SWITCHES cannot be read"),
        ("sign_limits", "many", "SIGN_LIMITS cannot be read"),
        ("public_url", "letters.example.org", "PUBLIC_URL must be an address"),
        ("proxy_hops", "nginx", "PROXY_HOPS: Input should be a valid integer"),
        ("outbox_key", "short", "OUTBOX_KEY: must be written in hex or base64"),
    ],
)
def test_a_wrong_setting_is_named_and_nobody_is_sent_to_make_secrets(refused, name, value, sentence):
    said = refused(**{name: value})
    assert sentence in said
    assert said.startswith("The settings cannot be used:\n  ")
    for noise in ("setup", "SETTINGS", "Value error", "not complete"):
        assert noise not in said


def test_everything_that_is_wrong_is_said_at_once(refused):
    said = refused(switches="pause-singing", contact="notmail", queue_url="foo", smtp_url="smtp://mail.example.org")
    assert [line.split()[0] for line in said.splitlines()[1:]] == ["CONTACT", "QUEUE_URL", "SMTP_URL", "SWITCHES"]


@pytest.mark.parametrize(
    "url",
    [
        "foo",
        "/var/lib/letters/campaign.db",
        "mysql://letters:hunter2@localhost/letters",
        "postgresql+psycopg2://letters:hunter2@localhost/letters",
        "postgresql://letters:hunter2@localhost:port/letters",
        "postgresql:letters:hunter2",
    ],
)
def test_what_is_no_address_of_a_database_is_told_without_its_password(refused, url):
    said = refused(database_url=url)
    assert "DATABASE_URL must look like postgresql://" in said
    assert "hunter2" not in said


@pytest.mark.parametrize(
    "url",
    [
        "",
        "sqlite:////tmp/x.db",
        "sqlite://",
        "postgres://localhost/x",
        "postgresql://u:p%40@h/x",
        "postgresql:///x?host=/run",
    ],
)
def test_addresses_of_databases_that_the_program_can_use_are_taken(tmp_path, url):
    assert make_settings(tmp_path, url).database_url == url


def test_a_command_with_a_wrong_database_ends_with_a_sentence(tmp_path):
    secrets = dict.fromkeys(("SECRET_KEY", "INDEX_KEY", "ROW_KEY", "OUTBOX_KEY"), "11" * 32)
    done = CliRunner().invoke(cli, ["purge"], env={"INSTANCE": str(tmp_path), "DATABASE_URL": "foo", **secrets})
    assert isinstance(done.exception, SettingsError), done.exception
    assert "DATABASE_URL must look like" in str(done.exception)


@pytest.mark.parametrize("url", ["foo", "/var/lib/letters/queue.db", "sqlite:///x", "redis:foo", "amqp://u:hunter2@h"])
def test_only_an_empty_address_of_the_queue_means_sqlite(refused, url):
    said = refused(queue_url=url)
    assert "QUEUE_URL must begin with postgresql:// or redis://, or be empty" in said
    assert "hunter2" not in said


@pytest.mark.parametrize("contact", ["notmail", "Letters <letters@example.org>", "a@b", "a b@example.org"])
def test_the_address_of_the_organisers_must_be_one(refused, contact):
    assert "CONTACT must be an e-mail address alone" in refused(contact=contact)


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
