"""Small enough to read on a few screens: modules, functions, routes, templates, tests."""

import ast

from tests.conventions.source_tree import (
    ROOT,
    functions,
    length,
    line_count,
    product_files,
    project_files,
    python_files,
    short,
)

MODULE_LINES = 250
TEST_MODULE_LINES = 300
FUNCTION_LINES = 40
ROUTE_LINES = 25
TEMPLATE_LINES = 120
_ROUTE_DECORATORS = frozenset({"route", "get", "post", "put", "patch", "delete"})


def _is_route(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    calls = [decorator.func for decorator in node.decorator_list if isinstance(decorator, ast.Call)]
    return any(isinstance(call, ast.Attribute) and call.attr in _ROUTE_DECORATORS for call in calls)


def test_no_module_is_longer_than_250_lines():
    found = {short(path): line_count(path) for path in product_files()}
    assert {name: lines for name, lines in found.items() if lines > MODULE_LINES} == {}


def test_no_test_module_is_longer_than_300_lines():
    found = {short(path): line_count(path) for path in python_files("tests")}
    assert {name: lines for name, lines in found.items() if lines > TEST_MODULE_LINES} == {}


def test_no_function_is_longer_than_40_lines():
    # A migration is a list of steps written once; its upgrade() may be as long as the tables it makes.
    files = [path for path in python_files() if not path.is_relative_to(ROOT / "migrations" / "versions")]
    found = {f"{short(path)}::{node.name}": length(node) for path in files for node in functions(path)}
    assert {name: lines for name, lines in found.items() if lines > FUNCTION_LINES} == {}


def test_no_route_is_longer_than_25_lines():
    files = python_files("campaign/web")
    found = {
        f"{short(path)}::{node.name}": length(node) for path in files for node in functions(path) if _is_route(node)
    }
    assert found, "No route was found under campaign/web: is it still recognised by its decorator?"
    assert {name: lines for name, lines in found.items() if lines > ROUTE_LINES} == {}


def test_no_template_is_longer_than_120_lines():
    files = [path for path in project_files() if path.is_relative_to(ROOT / "templates")]
    found = {short(path): line_count(path) for path in files}
    assert found
    assert {name: lines for name, lines in found.items() if lines > TEMPLATE_LINES} == {}
