"""Habits that keep the code easy to find one's way in: docstrings, imports at the top, no drawer for odds and ends."""

import ast
import re

from tests.conventions.source_tree import functions, product_files, project_files, python_files, short, syntax

_DRAWERS = frozenset({"utils", "util", "helpers", "misc"})
_ANY_ERROR = frozenset({"Exception", "BaseException"})


def _swallows_anything(handler: ast.ExceptHandler) -> bool:
    """Say whether a handler takes every error; one that cleans up and raises it again does not."""
    last = handler.body[-1]
    raises_again = isinstance(last, ast.Raise) and last.exc is None
    return isinstance(handler.type, ast.Name) and handler.type.id in _ANY_ERROR and not raises_again


def test_every_module_says_in_its_first_line_what_it_is_for():
    without = []
    for path in python_files():
        head = (ast.get_docstring(syntax(path)) or "").partition("\n")[0]
        if path.read_text(encoding="utf-8").strip() and not re.search(r"\w.*[.:?!…]$", head):
            without.append(short(path))
    assert without == []


def test_no_function_of_the_product_imports():
    found = [
        f"{short(path)}:{inner.lineno}"
        for path in product_files()
        for node in functions(path)
        for inner in ast.walk(node)
        if isinstance(inner, (ast.Import, ast.ImportFrom))
    ]
    assert found == []


def test_no_handler_catches_errors_without_naming_them():
    found = [
        f"{short(path)}:{node.lineno}"
        for path in python_files()
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.ExceptHandler) and node.type is None
    ]
    assert found == []


def test_every_handler_that_swallows_any_error_gives_its_reason_in_the_same_line():
    found = []
    for path in product_files():
        lines = path.read_text(encoding="utf-8").splitlines()
        for node in ast.walk(syntax(path)):
            if isinstance(node, ast.ExceptHandler) and _swallows_anything(node):
                reason = lines[node.lineno - 1].partition("#")[2].replace("noqa: BLE001", "").strip(" -–—:#")
                if not reason:
                    found.append(f"{short(path)}:{node.lineno}")
    assert found == []


def test_no_folder_or_module_is_a_drawer_for_odds_and_ends():
    found = {short(path) for path in project_files() if _DRAWERS.intersection([path.stem, *path.parts])}
    assert found == set()
