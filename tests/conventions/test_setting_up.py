"""What bin/ does before the program runs: sentences instead of failures, settings taken literally, whole catalogues."""

import importlib.util
import socket
import subprocess
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog

from tests.conventions.source_tree import ROOT

SETUP = ROOT / "bin" / "lib" / "setup.sh"


def _module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"bin_lib_{name}", ROOT / "bin" / "lib" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _shell(script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a few lines of bash after the shared set-up code; nothing in them prepares this machine."""
    return subprocess.run(
        ["/bin/bash", "-c", f'. "{SETUP}"\n{script}'],
        capture_output=True, text=True, check=False, timeout=60, env={"PATH": "/usr/bin:/bin", **environment},
    )  # fmt: skip


@pytest.fixture
def busy_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield str(listener.getsockname()[1])


def test_packages_that_cannot_be_installed_are_named_in_one_sentence():
    result = _shell("apt_install() { return 1; }; PACKAGES=(libpango-1.0-0 libharfbuzz-subset0); install_packages")
    assert result.returncode == 1
    assert "apt-get install libpango-1.0-0 libharfbuzz-subset0" in result.stderr
    assert result.stderr.count("\n") == 1


def test_on_macos_the_sentence_names_the_brew_packages():
    result = _shell(
        "on_macos() { true; }\n"
        "PACKAGES=(libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 python3-venv poppler-utils); install_packages"
    )
    assert result.returncode == 1
    assert "brew install pango poppler python@3.12" in result.stderr
    assert result.stderr.count("\n") == 1


def test_an_old_python_is_one_sentence(tmp_path):
    old = tmp_path / "python3"
    old.write_text('#!/bin/sh\n[ "$1" = -V ] && echo Python 3.9.2\n')
    old.chmod(0o755)
    result = _shell(f"on_macos() {{ false; }}; VENV_PYTHON=/nowhere; PATH={tmp_path}; need_python")
    assert result.returncode == 1
    assert "3.9.2" in result.stderr
    assert result.stderr.count("\n") == 1


def test_settings_in_a_file_are_literal_and_the_environment_wins(tmp_path):
    (tmp_path / ".env").write_text('# a note\nSITE_NAME=Letters $(id) "quoted" = all\nPORT=9000\nnot a setting\nLAST=x')
    result = _shell(
        f'ROOT="{tmp_path}"; read_settings_file; printf "%s|%s|%s" "$SITE_NAME" "$PORT" "$LAST"', PORT="8000"
    )
    assert result.stdout == 'Letters $(id) "quoted" = all|8000|x'
    assert result.stderr == ""


def test_an_environment_belongs_to_one_lock_and_one_interpreter(tmp_path):
    lock = tmp_path / "lock"
    lock.write_text("flask==1")
    first = _shell(f'PYTHON=python3; fingerprint "{lock}"').stdout
    assert first == _shell(f'PYTHON=python3; fingerprint "{lock}"').stdout
    lock.write_text("flask==2")
    assert first != _shell(f'PYTHON=python3; fingerprint "{lock}"').stdout


def test_a_taken_port_is_one_sentence_that_offers_another(busy_port):
    problem = _module("machine").port_problem("127.0.0.1", busy_port)
    assert f"Port {busy_port} on 127.0.0.1 is taken" in problem
    assert "PORT=" in problem


@pytest.mark.parametrize("port", ["", "eighty", "0", "65536", "-1", "80 80"])
def test_a_port_that_is_none_is_named(port):
    assert "PORT must be a number" in _module("machine").port_problem("127.0.0.1", port)


def test_an_address_of_another_machine_is_refused():
    # In a process of its own: the tests' guard refuses strange addresses before the system can.
    result = _shell('python3 "$ROOT/bin/lib/machine.py" port 192.0.2.1 8000')
    assert "HOST must be an address of this machine" in result.stderr


def test_a_library_that_is_not_there_asks_for_its_package(monkeypatch):
    machine = _module("machine")
    monkeypatch.setattr(machine, "loads", lambda file: "pangoft2" not in file)
    assert machine.missing_packages() == ["libpangoft2-1.0-0"]


def test_the_commands_of_the_banner_work_as_they_stand(tmp_path):
    words = _module("announce").words
    usual = words("http://127.0.0.1:8000", {})
    assert "  bin/campaign signatures count --appeal ua-61-21\n" in usual
    assert "INSTANCE" not in usual
    assert words("http://127.0.0.1:8000", {"INSTANCE": str(ROOT / "instance")}) == usual
    elsewhere = words("http://127.0.0.1:8000", {"INSTANCE": "/srv/our letters"})
    assert "  INSTANCE='/srv/our letters' bin/campaign signatures count --appeal ua-61-21\n" in elsewhere
    assert "  INSTANCE='/srv/our letters' bin/campaign signatures export --help\n" in elsewhere
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "appeal.toml").touch()
    assert "--appeal NAME   (names: bin/campaign appeals list)" in words("", {"LETTERS_DIR": str(tmp_path)})


def test_the_check_of_catalogues_finds_what_is_missing_fuzzy_obsolete_or_broken():
    template, catalogue = Catalog(), Catalog(locale="fr")
    for text in ("Sign", "Send", "%(number)s letters", "Count"):
        template.add(text, locations=[("templates/page.html", 1)])
    catalogue.add("Send", "Envoyer", flags=["fuzzy"])
    catalogue.add("%(number)s letters", "%(nombre)s lettres", flags=["python-format"])
    catalogue.add("Count", "Compter")
    catalogue.add("Gone", "Parti")
    found = sorted(_module("catalogues").problems(catalogue, template))
    assert [line.partition(":")[0] for line in found] == ["fuzzy", "missing", "obsolete", "wrong"]


@pytest.mark.parametrize(
    ("text", "breaks"),
    [
        ("Papier : A4", True),
        ("Papier\u00a0: A4", False),
        ("Choisissez « A4\u00a0».", True),
        ("Écrivez ?paper=a4 à la fin", False),
    ],
)
def test_no_line_of_a_french_page_ends_before_a_colon(text, breaks):
    template, catalogue = Catalog(), Catalog(locale="fr")
    template.add("One")
    catalogue.add("One", text)
    found = list(_module("catalogues").problems(catalogue, template))
    assert ["a line may end" in line for line in found] == [True] * breaks


def test_the_texts_of_the_pages_are_found():
    texts = {message.id for message in _module("catalogues").extract() if message.id}
    assert len(texts) > 50
