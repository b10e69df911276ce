"""What the convention tests look at: the files of the project, without what is made from them."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# The same things .gitignore names.
_MADE_FOLDERS = frozenset(
    {
        ".git", ".venv", "__pycache__", ".hypothesis", ".pytest_cache", ".mypy_cache", ".ruff_cache",
        ".import_linter_cache",
    }
)  # fmt: skip
_MADE_AT_THE_TOP = frozenset({"instance", ".env"})
_MADE_SUFFIXES = frozenset({".pyc", ".mo"})


def is_made(path: Path) -> bool:
    """Say whether a path is something that programs make and git ignores."""
    parts = path.relative_to(ROOT).parts
    return bool(_MADE_FOLDERS.intersection(parts)) or parts[0] in _MADE_AT_THE_TOP or path.suffix in _MADE_SUFFIXES


@cache
def project_files() -> tuple[Path, ...]:
    """Return every file that belongs to the project."""
    return tuple(sorted(_files(ROOT)))


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if is_made(path):
            continue
        if path.is_dir():
            yield from _files(path)
        else:
            yield path


def python_files(*folders: str) -> list[Path]:
    """Return the Python modules under some folders of the project, or all of them."""
    chosen = [ROOT / folder for folder in folders] or [ROOT]
    return [
        path
        for path in project_files()
        if path.suffix == ".py" and any(path.is_relative_to(folder) for folder in chosen)
    ]


def product_files() -> list[Path]:
    """Return the Python modules of the product: everything but the tests."""
    return [path for path in python_files() if not path.is_relative_to(ROOT / "tests")]


def short(path: Path) -> str:
    """Return a path as it is written in messages."""
    return path.relative_to(ROOT).as_posix()


def line_count(path: Path) -> int:
    """Return the number of lines of a text file."""
    return len(path.read_text(encoding="utf-8").splitlines())


@cache
def syntax(path: Path) -> ast.Module:
    """Return the syntax tree of a module."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function and method of a module."""
    for node in ast.walk(syntax(path)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the lines of a function from ``def`` to its end; decorators are not counted."""
    return (node.end_lineno or node.lineno) - node.lineno + 1
