"""Settings of mail: half of them is refused at the start, in a sentence and without the password."""

import pytest

from campaign.settings import SettingsError, load_settings

KEYS = ("SECRET_KEY", "INDEX_KEY", "ROW_KEY", "OUTBOX_KEY")


@pytest.fixture
def start(tmp_path, monkeypatch):
    """Read the settings as a start does."""

    def load(**settings):
        for name in KEYS:
            monkeypatch.setenv(name, "11" * 32)
        for name, value in settings.items():
            monkeypatch.setenv(name.upper(), value)
        return load_settings(tmp_path)

    return load


def test_a_site_needs_no_mail_server(start):
    assert not start().sends_mail


def test_a_mail_server_needs_a_sender(start):
    with pytest.raises(SettingsError, match="MAIL_FROM must be the sender's address"):
        start(smtp_url="smtp://localhost")
    with pytest.raises(SettingsError, match="MAIL_FROM must be"):
        start(smtp_url="smtp://localhost", mail_from="Letters")
    assert start(smtp_url="smtp://localhost", mail_from="Letters <letters@example.org>").sends_mail


def test_a_wrong_mail_server_is_told_without_its_password(start):
    with pytest.raises(SettingsError, match="SMTP_URL would send its password readable") as raised:
        start(smtp_url="smtp://letters:hunter2@mail.example.org", mail_from="letters@example.org")
    assert "hunter2" not in str(raised.value)


def test_a_password_is_not_shown_with_the_settings(start):
    settings = start(smtp_url="smtps://letters:hunter2@mail.example.org", mail_from="letters@example.org")
    assert "hunter2" not in repr(settings)
