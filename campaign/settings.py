"""Settings from the environment: typed, without a default secret, complete or refused at the start."""

import base64
import binascii
import os
from collections.abc import Callable, Sequence
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretBytes, ValidationError, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from campaign.abuse import read_limits, read_switches
from campaign.core.errors import CampaignError
from campaign.jobs.queue import read_queue_url
from campaign.mail.message import is_sender
from campaign.mail.smtp import read_smtp_url

ROOT = Path(__file__).resolve().parent.parent
SECRET_BYTES = 32
_DRIVERS = frozenset({"sqlite", "sqlite+pysqlite", "postgres", "postgresql", "postgresql+psycopg"})


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
    contact: str = Field(default="", max_length=120, description="E-mail address of the organisers, in every footer.")
    letters_dir: Path = Field(default=ROOT / "letters", description="Folder with the packs and the directory.")
    secret_key: Secret = Field(description="Signs the form token. 32 random bytes, hex or base64.")
    index_key: Secret = Field(description="Keys the index that recognises a second signature.")
    row_key: Secret = Field(description="Keys the seal that shows rows forged in the database.")
    outbox_key: Secret = Field(description="Locks mail that waits to be sent.")
    smtp_url: str = Field(
        default="", repr=False, description="Mail server: smtp://, smtp+starttls:// or smtps://USER:PASSWORD@HOST."
    )
    mail_from: str = Field(default="", description="Sender of the mails, for example letters@example.org.")
    erasure_journal: str = Field(default="", description="List of erased signatures; empty means a file in INSTANCE.")
    shared_addresses: bool = Field(default=False, description="Two people may sign with one e-mail address.")
    sign_limits: str = Field(
        default="5/minute;50/hour", description="Signatures from one part of the network before proof of work."
    )
    switches: str = Field(default="", description="Emergency switches that are on whatever “switch” says.")
    run_folder: str = Field(default="", description="Folder for the secret of the day; empty means run in INSTANCE.")
    queue_url: str = Field(default="", repr=False, description="Queue of the jobs: empty means SQLite in INSTANCE.")
    render_workers: int = Field(default=1, ge=1, le=16, description="Processes that draw PDFs.")
    render_seconds: float = Field(default=5.0, gt=0, le=60, description="Time limit for one PDF.")
    run_jobs: bool = Field(default=True, description="Whether web processes also run the periodic jobs.")

    @model_validator(mode="after")
    def _check(self) -> Self:
        """Say everything that is wrong at once; each sentence names its setting."""
        problems = []
        for check in _CHECKS:
            try:
                check(self)
            except ValueError as error:
                problems.append(str(error))
        if problems:
            raise ValueError("\n  ".join(problems))
        return self

    @property
    def database(self) -> str:
        """The address of the database, with the default filled in."""
        return self.database_url or f"sqlite:///{self.instance / 'campaign.db'}"

    @property
    def journal(self) -> Path:
        """The file that names erased signatures, with the default filled in."""
        return Path(self.erasure_journal) if self.erasure_journal else self.instance / "erasures.log"

    @property
    def run_files(self) -> Path:
        """The folder for what lives for a day at most, with the default filled in."""
        return Path(self.run_folder) if self.run_folder else self.instance / "run"

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


def _check_public_url(settings: Settings) -> None:
    parts = urlsplit(settings.public_url)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path not in {"", "/"}:
        raise ValueError("PUBLIC_URL must be an address like https://letters.example.org, without a path")


def _check_contact(settings: Settings) -> None:
    contact = settings.contact
    if contact and (not is_sender(contact) or parseaddr(contact)[1] != contact):
        raise ValueError("CONTACT must be an e-mail address alone, for example letters@example.org")


def _check_database_url(settings: Settings) -> None:
    """Look whether the program can use such a database; the sentence repeats no address, for it may hold a password."""
    try:
        driver = make_url(settings.database).drivername
    except (ArgumentError, ValueError):
        driver = ""
    if driver not in _DRIVERS:
        raise ValueError(
            "DATABASE_URL must look like postgresql://USER:PASSWORD@HOST/NAME or sqlite:////FOLDER/FILE, or be empty; "
            "a “/”, “@” or “:” in a password is written %2F, %40, %3A"
        )


def _check_queue_url(settings: Settings) -> None:
    read_queue_url(settings.queue_url)


def _check_mail(settings: Settings) -> None:
    if settings.smtp_url:
        read_smtp_url(settings.smtp_url)
        if not is_sender(settings.mail_from):
            raise ValueError("MAIL_FROM must be the sender's address, for example letters@example.org")


def _check_sign_limits(settings: Settings) -> None:
    try:
        read_limits("", settings.sign_limits)
    except ValueError as error:
        raise ValueError(f"SIGN_LIMITS cannot be read: {error}") from None


def _check_switches(settings: Settings) -> None:
    try:
        read_switches(settings.switches)
    except ValueError as error:
        raise ValueError(f"SWITCHES cannot be read: {error}") from None


_CHECKS: tuple[Callable[[Settings], None], ...] = (
    _check_public_url,
    _check_contact,
    _check_database_url,
    _check_queue_url,
    _check_mail,
    _check_sign_limits,
    _check_switches,
)


def secret_places(instance: Path) -> list[Path]:
    """Return the folders with secrets, the last one winning: ``<instance>/secrets``, and what systemd hands over."""
    handed_over = os.environ.get("CREDENTIALS_DIRECTORY", "")  # LoadCredential= in a unit
    places = [instance / "secrets", *([Path(handed_over)] if handed_over else [])]
    return [place for place in places if place.is_dir()]


def load_settings(instance: Path | None = None) -> Settings:
    """Read the environment, and secrets also from files named like the setting in :func:`secret_places`.

    Raises :class:`SettingsError` with one line per setting that is missing or wrong.
    """
    folder = (instance or Path(os.environ.get("INSTANCE", ROOT / "instance"))).resolve()
    try:
        return Settings(_secrets_dir=secret_places(folder) or None, instance=folder)
    except ValidationError as error:
        raise SettingsError(_told(error.errors(include_input=False, include_url=False))) from None


def _told(problems: Sequence[ErrorDetails]) -> str:
    """Return a line for each setting that is wrong, and how to come by secrets only where one is missing."""
    head = "The settings cannot be used:"
    if any(problem["type"] == "missing" for problem in problems):
        head = "Secrets are missing. Run “bin/campaign setup” to make them, or set them in the environment:"
    lines = []
    for problem in problems:
        said = problem["msg"].removeprefix("Value error, ")
        # What was looked at as a whole names its setting itself.
        lines.append(f"{'.'.join(map(str, problem['loc'])).upper()}: {said}" if problem["loc"] else said)
    return "\n  ".join([head, *lines])
