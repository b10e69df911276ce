"""The top level is fixed, and nothing in the tree belongs to one machine or one registry."""

import re

from tests.conventions.source_tree import ROOT, is_made, line_count, project_files, short

FOLDERS = {"campaign", "templates", "letters", "migrations", "tests", "bin", "docs", "deploy", ".ci"}
FILES = {"wsgi.py", "pyproject.toml", "requirements.txt", "requirements-dev.txt"}
DOCUMENTS = {
    "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "BENCHMARKS.md", "LICENSE",
    ".env.example", ".editorconfig", ".gitignore",
}  # fmt: skip
OPTIONAL = {".dockerignore", ".gitattributes"}

_FOREIGN = {
    "a registry's address": re.compile(
        r"(?:pypi|pythonhosted|npmjs|yarnpkg)\.(?:org|com)(?!/project|/en)|--(?:extra-)?index-url\b[ =]\S"
    ),
    "a path of somebody's machine": re.compile(r"(?<![\w.*-])/(?:work|root|Users/\w+|home/\w+|tmp/bash\w*)/"),
}
_TEXT = frozenset(
    {"", ".py", ".md", ".txt", ".toml", ".html", ".css", ".js", ".json", ".csv", ".sh", ".po", ".cfg", ".yml", ".yaml",
     ".ini", ".mako", ".conf", ".service", ".svg", ".example"}
)  # fmt: skip


def test_the_top_level_holds_what_it_should_and_nothing_else():
    found = {path.name for path in ROOT.iterdir() if not is_made(path)}
    assert found - OPTIONAL == FOLDERS | FILES | DOCUMENTS


def test_no_file_belongs_to_one_machine_or_one_registry():
    found = []
    for path in project_files():
        if path.suffix not in _TEXT or path.parent.name == "conventions":
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            found += [f"{short(path)}:{number}: {what}" for what, pattern in _FOREIGN.items() if pattern.search(line)]
    assert found == []


def test_the_letters_folder_holds_content_and_no_code():
    assert [
        short(path) for path in project_files() if path.parts[len(ROOT.parts)] == "letters" and path.suffix == ".py"
    ] == []


def test_every_text_file_ends_with_one_newline():
    files = [path for path in project_files() if path.suffix in _TEXT and path.stat().st_size and line_count(path)]
    found = [short(path) for path in files if not re.search(rb"[^\n]\n\Z", path.read_bytes())]
    assert found == []
