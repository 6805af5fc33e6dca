"""The table of facts: whole, and every row shown by a test that exists."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from connectors.wecom.facts import MARKS, facts, value

HERE = Path(__file__).parent


@cache
def functions_of(file: str) -> set[str]:
    body = ast.parse((HERE / f"{file}.py").read_text(encoding="utf-8")).body
    return {node.name for node in body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("name", facts())
def test_each_fact_has_a_mark_two_sentences_and_a_test(name: str) -> None:
    fact = facts()[name]
    file, _, function = fact.test.partition("::")
    assert function in functions_of(file), f"{name}: there is no {fact.test}"
    assert fact.mark in MARKS and fact.zh.endswith("。") and fact.en.endswith(".")
    assert fact.is_setting == (fact.mark != "S")


def test_a_fact_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        value("unheard")
