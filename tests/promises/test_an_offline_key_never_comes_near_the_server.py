"""The key is made, tried out and used on a computer that knows no server; the server sees its public half only."""

import base64
import csv
import io
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from campaign.cli.main import cli
from campaign.keys import KeyPair, unlock
from campaign.runtime import build_runtime
from campaign.settings import load_settings
from campaign.signatures import Consents, SignatureRecord, sign
from tests.locks import cheap_locks
from tests.visitor import SLUG


def _run(*arguments: str, instance: Path, stdin: str = "") -> str:
    done = CliRunner().invoke(cli, arguments, input=stdin, env={"INSTANCE": str(instance)})
    assert done.exit_code == 0, (done.output, done.exception)
    return done.stdout


class _Two:
    """An organiser's computer and a server, each with a folder of its own, and a stick that is carried between them."""

    def __init__(self, folder: Path) -> None:
        self.home, self.server, self.stick = folder / "home", folder / "server", folder / "stick"
        for one in (self.home, self.server, self.stick):
            one.mkdir()
        self.words: dict[str, str] = {}

    def at_home(self, *arguments: str, stdin: str = "") -> str:
        # An instance that is not there and must not come into being: nothing at home may ask for one.
        printed = _run(*arguments, instance=self.home / "no-instance", stdin=stdin)
        assert not (self.home / "no-instance").exists()
        return printed

    def at_server(self, *arguments: str) -> str:
        return _run(*arguments, instance=self.server)

    def key(self, number: int) -> Path:
        return self.home / f"ua-{number}.key"

    def pair(self) -> KeyPair:
        return unlock(self.key(1).read_text("utf-8"), self.words["ua-1.key"])


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> _Two:
    """A campaign whose key was made at home, brought to the server and tried out."""
    two = _Two(tmp_path_factory.mktemp("two"))
    two.at_server("setup", "--offline-keys")
    sheet, words = two.home / "sheet.txt", two.stick.parent / "paper"
    with cheap_locks():
        two.at_home(
            "keys", "new", "--name", "ua", "--out", str(two.home), "--sheet", str(sheet), "--passphrases", str(words)
        )
    two.words = dict(line.split(": ") for line in words.read_text("utf-8").splitlines())
    (two.stick / "ua.pub").write_bytes((two.home / "ua.pub").read_bytes())
    two.at_server("keys", "add", SLUG, str(two.stick / "ua.pub"))
    two.at_server("keys", "test", SLUG, "--out", str(two.stick / "test.json"))
    for number in (1, 2):
        printed = two.at_home(
            "keys", "test-open", str(two.stick / "test.json"), "--key", str(two.key(number)), "--passphrase-file", "-",
            stdin=two.words[f"ua-{number}.key"],
        )  # fmt: skip
        command = printed.splitlines()[-1].split()
        assert command[:4] == ["bin/campaign", "keys", "confirm", SLUG]
        last = two.at_server(*command[1:])
    assert "are sealed to it" in last
    _let_people_sign(two)
    return two


def _let_people_sign(two: _Two) -> None:
    runtime = build_runtime(load_settings(two.server))
    now = runtime.clock.now()
    appeal = runtime.published(SLUG).appeal
    for number in range(3):
        consents = Consents("2026-11", count=True, handover=number > 1)
        record = SignatureRecord(f"Marker{number}", f"m{number}@example.org", "CA", "ug", consents)
        with runtime.saving() as session:
            sign(session, runtime.keys, appeal, 1, now, record)
    runtime.close()


def test_no_file_on_the_server_or_the_stick_holds_the_private_key_or_a_passphrase(two: _Two) -> None:
    private = two.pair().private
    pieces = [private[start : start + 16] for start in range(0, len(private), 16)]
    forms = [form for piece in pieces for form in (piece, piece.hex().encode(), base64.b64encode(piece)[:20])]
    forms += [words.encode() for words in two.words.values()]
    files = [path for folder in (two.server, two.stick) for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 5
    assert [str(path) for path in files if any(form in path.read_bytes() for form in forms)] == []


def test_the_passphrases_are_not_written_beside_the_key_and_the_sheet_leaves_room_for_them(two: _Two) -> None:
    beside = [path.read_text("utf-8") for path in two.home.iterdir()]
    assert not any(words in text for words in two.words.values() for text in beside)
    sheet = (two.home / "sheet.txt").read_text("utf-8")
    shown = two.at_server("keys", "show", "--appeal", SLUG)
    assert all(group in sheet for group in shown.split("Fingerprint: ")[1].splitlines()[0].split())
    assert "6 ____" in sheet
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in two.home.glob("*.key")} == {
        "ua-1.key": 0o600, "ua-2.key": 0o600,
    }  # fmt: skip


def test_a_bundle_is_opened_at_home_with_either_file(two: _Two, tmp_path: Path) -> None:
    bundle = two.stick / "bundle"
    two.at_server("signatures", "bundle", SLUG, "--out", str(bundle))
    assert b"Marker" not in bundle.read_bytes()
    for number, purpose, names in ((1, "full", {"Marker0", "Marker1", "Marker2"}), (2, "handover", {"Marker2"})):
        out = tmp_path / f"{purpose}.csv"
        two.at_home(
            "signatures", "open", str(bundle), "--key", str(two.key(number)), "--for", purpose, "--out", str(out),
            "--with-unverified", "--passphrase-file", "-", stdin=two.words[f"ua-{number}.key"],
        )  # fmt: skip
        rows = list(csv.DictReader(io.StringIO(out.read_text("utf-8-sig"))))
        assert {row["name"] for row in rows} == names
    assert b"Marker" not in b"".join(path.read_bytes() for path in two.server.rglob("*") if path.is_file())


def test_setup_run_again_makes_no_key_on_the_server(two: _Two) -> None:
    two.at_server("setup")
    assert not list(two.server.rglob("*.key"))
    assert not (two.server / "passphrase").exists()
