"""Settings from the environment: typed, without a default secret, complete or refused at the start."""

import base64
import binascii
import os
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretBytes, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from campaign.core.errors import CampaignError

ROOT = Path(__file__).resolve().parent.parent
SECRET_BYTES = 32


class SettingsError(CampaignError):
    """The program cannot start as it is configured; the message names each setting."""


def _secret(value: object) -> object:
    """Read a secret written as base64 or hex; what is too short to be one is refused."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    try:
        raw = bytes.fromhex(text)
    except ValueError:
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as error:
            raise ValueError("must be written in hex or base64") from error
    if len(raw) < SECRET_BYTES:
        raise ValueError(f"must hold at least {SECRET_BYTES} random bytes")
    return raw


Secret = Annotated[SecretBytes, BeforeValidator(_secret)]


class Settings(BaseSettings):
    """Everything that can be configured; README lists the same names."""

    model_config = SettingsConfigDict(env_file=None, extra="ignore", frozen=True)

    instance: Path = Field(default=ROOT / "instance", description="Folder for the database, keys and secrets.")
    database_url: str = Field(default="", description="SQLAlchemy address; empty means a SQLite file in INSTANCE.")
    public_url: str = Field(default="http://127.0.0.1:8000", description="Where people reach the site.")
    trusted_hosts: str = Field(default="", description="More host names to answer to, separated by commas.")
    proxy_hops: int = Field(default=0, ge=0, le=5, description="How many reverse proxies of your own stand in front.")
    site_name: str = Field(default="Letters", max_length=60, description="The name in the page header.")
    letters_dir: Path = Field(default=ROOT / "letters", description="Folder with the packs and the directory.")
    secret_key: Secret = Field(description="Signs the form token. 32 random bytes, hex or base64.")
    index_key: Secret = Field(description="Keys the index that recognises a second signature.")
    row_key: Secret = Field(description="Keys the seal that shows rows forged in the database.")
    outbox_key: Secret = Field(description="Locks mail that waits to be sent.")
    smtp_url: str = Field(default="", description="Mail server: smtp://, smtp+starttls:// or smtps://USER:PASSWORD@HOST.")
    mail_from: str = Field(default="", description="Sender of the mails, for example letters@example.org.")
    shared_addresses: bool = Field(default=False, description="Two people may sign with one e-mail address.")
    queue_url: str = Field(default="", description="Queue of the jobs: empty means SQLite in INSTANCE.")
    render_workers: int = Field(default=1, ge=1, le=16, description="Processes that draw PDFs.")
    render_seconds: float = Field(default=5.0, gt=0, le=60, description="Time limit for one PDF.")
    run_jobs: bool = Field(default=True, description="Whether web processes also run the periodic jobs.")

    @model_validator(mode="after")
    def _check_public_url(self) -> Self:
        parts = urlsplit(self.public_url)
        if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path not in {"", "/"}:
            raise ValueError("PUBLIC_URL must be an address like https://letters.example.org, without a path")
        return self

    @property
    def database(self) -> str:
        """The address of the database, with the default filled in."""
        return self.database_url or f"sqlite:///{self.instance / 'campaign.db'}"

    @property
    def sends_mail(self) -> bool:
        """Whether there is a mail server, so that signatures can be confirmed."""
        return bool(self.smtp_url)

    @property
    def is_https(self) -> bool:
        """Whether people reach the site over TLS: decides about ``Secure`` cookies."""
        return urlsplit(self.public_url).scheme == "https"

    @property
    def hosts(self) -> list[str]:
        """Every host name the site answers to; anything else is refused."""
        own = urlsplit(self.public_url).hostname or ""
        more = [host.strip() for host in self.trusted_hosts.split(",") if host.strip()]
        local = ["127.0.0.1", "localhost", "[::1]"] if own in {"127.0.0.1", "localhost", "::1"} else []
        return list(dict.fromkeys([own, *more, *local]))


def load_settings(instance: Path | None = None) -> Settings:
    """Read the environment, and secrets also from files in ``<instance>/secrets`` (named like the setting).

    Raises :class:`SettingsError` with one line per setting that is missing or wrong.
    """
    folder = (instance or Path(os.environ.get("INSTANCE", ROOT / "instance"))).resolve()
    secrets = folder / "secrets"
    try:
        return Settings(_secrets_dir=secrets if secrets.is_dir() else None, instance=folder)
    except ValidationError as error:
        lines = [
            f"{'.'.join(map(str, detail['loc'])).upper() or 'SETTINGS'}: {detail['msg']}"
            for detail in error.errors(include_input=False, include_url=False)
        ]
        raise SettingsError(
            "The settings are not complete. Run “bin/campaign setup” to make the secrets, or set them in the "
            "environment:\n  " + "\n  ".join(lines)
        ) from None
