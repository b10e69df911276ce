"""Filling ``((name))``."""

import pytest

from campaign.letters.placeholders import fill

VALUES = {"name": "Aygül Qadir", "city": "Ottawa"}


def test_a_placeholder_is_replaced_by_its_value() -> None:
    assert fill("I am ((name)) from ((city)).", VALUES) == "I am Aygül Qadir from Ottawa."


def test_spaces_inside_the_parentheses_do_not_matter() -> None:
    assert fill("I am (( name )).", VALUES) == "I am Aygül Qadir."


@pytest.mark.parametrize(
    "value", ["((city))", "{{ 7*7 }}", "{{7*7}}", "{% for x in y %}", r"\1\g<0>", "%(city)s", "{city}", "((", "$city"]
)
def test_a_value_that_looks_like_a_placeholder_or_a_template_stays_as_it_is(value: str) -> None:
    assert fill("I am ((name)), ((city)).", {"name": value, "city": "Ottawa"}) == f"I am {value}, Ottawa."


def test_a_value_cannot_complete_a_placeholder_begun_by_the_text() -> None:
    assert fill("(((name))", {"name": "(city)", "city": "Ottawa"}) == "((city)"


def test_a_placeholder_without_a_value_stays_visible() -> None:
    assert fill("((surname)), ((name))", VALUES) == "((surname)), Aygül Qadir"
