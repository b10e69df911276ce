"""The units for systemd: accepted by it, walled in, and given every secret the program has."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner
from pydantic import SecretBytes

from campaign.cli.main import cli
from campaign.settings import ROOT, Settings
from tests.locks import cheap_locks

DEPLOY = ROOT / "deploy"
UNITS = sorted(path.name for path in DEPLOY.glob("letters-*.*") if path.suffix in {".service", ".timer"})
SHARED = (DEPLOY / "letters-.service.d" / "hardening.conf").read_text(encoding="utf-8")
WALLS = (
    "NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes", "PrivateDevices=yes",
    "CapabilityBoundingSet=", "LimitCORE=0", "MemorySwapMax=0", "UMask=0077", "RestrictSUIDSGID=yes",
)  # fmt: skip


def test_every_secret_that_the_program_need_not_change_is_handed_over():
    secrets = {name for name, field in Settings.model_fields.items() if field.annotation is SecretBytes} - {"index_key"}
    assert set(re.findall(r"^LoadCredential=(\w+):/etc/letters/secrets/\1$", SHARED, re.MULTILINE)) == secrets


def test_setup_makes_only_the_secret_that_is_not_handed_over(tmp_path: Path, monkeypatch):
    handed_over = tmp_path / "credentials"
    handed_over.mkdir()
    for name in re.findall(r"^LoadCredential=(\w+):", SHARED, re.MULTILINE):
        (handed_over / name).write_text("ab" * 32)
    monkeypatch.setenv("INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(handed_over))
    with cheap_locks():
        result = CliRunner().invoke(cli, ["setup"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert [path.name for path in (tmp_path / "instance" / "secrets").iterdir()] == ["index_key"]


@pytest.mark.parametrize("wall", WALLS)
def test_the_walls_stand_around_every_unit(wall):
    assert f"\n{wall}\n" in SHARED
    for unit in UNITS:
        assert wall.partition("=")[0] not in (DEPLOY / unit).read_text(encoding="utf-8"), f"{unit} changes {wall}"


@pytest.mark.parametrize("unit", [unit for unit in UNITS if unit.endswith(".service")])
def test_every_command_that_a_unit_starts_exists(unit):
    text = (DEPLOY / unit).read_text(encoding="utf-8")
    command, *arguments = re.findall(r"^ExecStart=/opt/letters/(.+)$", text, re.MULTILINE)[0].split()
    assert (ROOT / command).exists()
    assert not arguments or arguments[0] in cli.commands


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze, from the package systemd")
def test_systemd_accepts_the_units_and_finds_little_to_expose(tmp_path: Path):
    units = tmp_path / "etc" / "systemd" / "system"
    shutil.copytree(DEPLOY, units)
    shutil.copytree("/usr/lib/systemd/system", tmp_path / "usr" / "lib" / "systemd" / "system", symlinks=True)
    for name in ("start", "campaign"):
        place = tmp_path / "opt" / "letters" / "bin" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "bin" / name, place)
    analyze = ["systemd-analyze", f"--root={tmp_path}", "--man=no"]
    result = subprocess.run([*analyze, "verify", *UNITS], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")
    for unit in UNITS:
        if unit.endswith(".service"):
            asked = [*analyze, "security", "--offline=true", "--threshold=20", unit]  # twenty is two of ten
            result = subprocess.run(asked, capture_output=True, text=True, check=False)
            assert result.returncode == 0, result.stdout[-200:]
