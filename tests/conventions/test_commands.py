"""The commands in bin/ and the locks they install from."""

import os
import re
import subprocess
import tomllib

import pytest

from tests.conventions.source_tree import ROOT, short

SCRIPTS = sorted(
    path for path in [*(ROOT / "bin").iterdir(), *(ROOT / ".ci").iterdir()] if path.is_file() and path.suffix == ""
)
SHELL_COMMANDS = ["start", "test", "lint", "bench", "translate", "lock"]
_PIN = re.compile(r"^([a-z0-9.-]+)==([^ ;\\]+)", re.MULTILINE)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _pins(file: str) -> dict[str, str]:
    return dict(_PIN.findall((ROOT / file).read_text(encoding="utf-8")))


def _wanted(group: str) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lines = project["project"]["dependencies"] if group == "runtime" else project["dependency-groups"][group]
    return {_normal(match.group()) for line in lines if (match := re.match(r"[\w.-]+", line))}


@pytest.mark.parametrize("script", SCRIPTS, ids=short)
def test_every_command_can_be_run(script):
    assert os.access(script, os.X_OK)
    assert script.read_bytes().startswith(b"#!/usr/bin/env ")


@pytest.mark.parametrize("name", SHELL_COMMANDS)
def test_every_command_explains_itself(name, tmp_path):
    result = subprocess.run(
        [ROOT / "bin" / name, "--help"], capture_output=True, text=True, check=False, cwd=tmp_path, timeout=60
    )
    assert result.returncode == 0
    assert f"bin/{name}" in result.stdout


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_every_locked_package_has_hashes(file):
    blocks = re.split(r"^(?=[a-z0-9])", (ROOT / file).read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    # A package may be locked twice, each version for other Pythons.
    assert {_normal(block.partition("==")[0]) for block in blocks} == _pins(file).keys()
    assert [block.partition("==")[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_the_lock_holds_every_dependency_of_the_product():
    assert _wanted("runtime") - _pins("requirements.txt").keys() == set()


def test_the_lock_of_the_tools_holds_the_product_in_the_same_versions():
    tools = _pins("requirements-dev.txt")
    assert _wanted("dev") - tools.keys() == set()
    assert {name: tools.get(name) for name in _pins("requirements.txt")} == _pins("requirements.txt")
