"""The table of facts: whole, and every row shown by a test that exists."""

from __future__ import annotations

import ast
import os
from functools import cache
from pathlib import Path

import pytest

from connectors.wecom.facts import MARKS, facts, table, value

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


PAGE = HERE.parents[2] / "docs" / "wecom.md"
BEGIN, END = "<!-- facts -->", "<!-- end of facts -->"


def test_the_page_lists_every_fact() -> None:
    """With ROADBOOK_WRITE_FACTS=1 the page is written anew."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    settings = sum(fact.is_setting for fact in facts().values())
    told = f"The fake WeCom obeys these {len(facts())} facts; Roadbook has never run against WeCom itself."
    whole = f"{before}{BEGIN}\n{told} {settings} of them nobody had from WeCom: they are settings.\n\n{table()}\n{END}{after}"
    if os.environ.get("ROADBOOK_WRITE_FACTS"):
        PAGE.write_text(whole, encoding="utf-8")
    assert text == whole or os.environ.get("ROADBOOK_WRITE_FACTS")
