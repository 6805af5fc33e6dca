"""Tables of text are read as people save them, and no cell of ours is run by a spreadsheet."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audience import csv_text
from audience.columns import Guess, mapping_problems, suggest, value_of
from audience.csv_text import BadFile

LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r")
CELLS = st.text(LETTERS, max_size=12)
TABLES = st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=1, max_size=5)
CHINESE = st.text("中文客户编号手机，abc123 \"';\t", max_size=10)


@given(TABLES, st.sampled_from(csv_text.DELIMITERS), st.sampled_from(["\n", "\r\n"]))
def test_what_a_program_writes_is_read_back(rows: list[list[str]], delimiter: str, end: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows(rows)
    assert list(csv_text.read(out.getvalue(), delimiter)) == rows


@given(st.lists(st.lists(CHINESE, min_size=3, max_size=3), min_size=1, max_size=5), st.data())
def test_every_usual_encoding_is_read(rows: list[list[str]], data: st.DataObject) -> None:
    encoding = data.draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"]))
    rows = [["客户编号", "手机", "城市"], *rows]
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(rows)
    text, _ = csv_text.decode(out.getvalue().encode(encoding))
    assert list(csv_text.read(text, csv_text.delimiter_of(text))) == rows


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a,b;c\n1,2;3", ","),
        ("a;b;c,d\n", ";"),
        ("a\tb, c\td\n", "\t"),
        ('"a,b,c,d";"x";"y"\n', ";"),
        ("alone\n1\n", ","),
        ("\n\na|b\n", "|"),
        ("", ","),
    ],
)
def test_the_delimiter_is_told_from_the_first_row(text: str, delimiter: str) -> None:
    assert csv_text.delimiter_of(text) == delimiter


def test_unreadable_files_say_why() -> None:
    with pytest.raises(BadFile) as caught:
        csv_text.decode(b"\xff\xff\xff\x00\x81")
    assert "UTF-8" in caught.value.words["zh"]
    with pytest.raises(BadFile, match="Row 2"):
        list(csv_text.read("a,b\n" + "x" * 40_000 + ",y\n", ","))
    with pytest.raises(BadFile):
        csv_text.header(["", " "])
    with pytest.raises(BadFile):
        csv_text.header([str(number) for number in range(201)])
    assert csv_text.header(["a", "a", "", "b\x00\n", ""]) == ["a", "a'", "第 3 列", "b"]


FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\x00=1",
    "＝1",
    "＋1",
    "－1",
    "＠1",
    " =1",
    "\u00a0=1",
    "\ufeff=1",
    '"=1',
    "a\n=1",
    "'=1",
]


@pytest.mark.parametrize("cell", FORMULAS)
def test_no_formula_leaves_the_house(cell: str) -> None:
    guarded = csv_text.safe(cell)
    for line in guarded.splitlines() or [guarded]:
        assert line.lstrip(' \u00a0\ufeff"')[:1] not in "=+-@\t\r\n\x00＝＋－＠" or not line
    assert csv_text.plain(guarded) == cell


@given(st.text(st.sampled_from("=+-@'\"a \n\r\t\u00a0好"), max_size=12))
def test_guarding_is_undone_on_reading(cell: str) -> None:
    assert csv_text.plain(csv_text.safe(cell)) == cell


def test_harmless_cells_stay_as_they_are() -> None:
    for cell in ("", "林", "13800138000", "it's", "a=b", "2026-03-01", "'quoted'"):
        assert csv_text.safe(cell) == csv_text.plain(cell) == cell


def test_columns_are_understood_by_their_names() -> None:
    found = suggest(
        [
            "客户编号",
            "姓名",
            "手机号码",
            "E-mail",
            "标签",
            "生日",
            "Favourite Colour",
            "备注",
            "ID",
            "所在城市",
        ]
    )
    assert found == {
        "客户编号": "external_id",
        "姓名": "name",
        "手机号码": "identity:phone",
        "E-mail": "identity:email",
        "标签": "tags",
        "生日": "attribute:birthday",
        "Favourite Colour": "attribute:favourite_colour",
        "备注": "attribute:column_8",
        "ID": "",
        "所在城市": "attribute:city",
    }
    assert mapping_problems(list(found), found) == []


@pytest.mark.parametrize(
    ("mapping", "path"),
    [
        ([], "mapping"),
        ({}, "mapping"),
        ({"a": "name"}, "mapping"),
        ({"z": "external_id"}, "mapping.z"),
        ({"a": "external_id", "b": "external_id"}, "mapping.b"),
        ({"a": "external_id", "b": "attribute:x", "c": "attribute:x:number"}, "mapping.c"),
        ({"a": "external_id", "b": "attribute:坏"}, "mapping.b"),
        ({"a": "external_id", "b": "attribute:x:blob"}, "mapping.b"),
        ({"a": "external_id", "b": "attribute:name"}, "mapping.b"),
        ({"a": "identity:id"}, "mapping.a"),
        ({"a": 5}, "mapping.a"),
        ({"a": "workspace_id"}, "mapping.a"),
    ],
)
def test_a_wrong_mapping_is_named(mapping: object, path: str) -> None:
    assert path in [one.path for one in mapping_problems(["a", "b", "c"], mapping)]


@pytest.mark.parametrize(
    ("cell", "type_", "value"),
    [
        ("12", "number", 12),
        ("-3.50", "number", -3.5),
        ("007", "number", None),
        ("1e5", "number", None),
        ("1234567890123456", "number", None),
        ("2026/3/1", "date", "2026-03-01"),
        ("2026年3月1日", "date", "2026-03-01"),
        ("2026.02.30", "date", None),
        ("2026-03-01 9:05", "time", "2026-03-01T09:05:00"),
        ("2026-03-01T09:05:00+08:00", "time", "2026-03-01T09:05:00+08:00"),
        ("2026-03-01", "time", None),
        ("是", "boolean", True),
        ("No", "boolean", False),
        ("1", "boolean", None),
        ("a、b, a；c", "list", ["a", "b", "c"]),
    ],
)
def test_cells_are_read_by_type(cell: str, type_: str, value: object) -> None:
    assert value_of(cell, type_) == value and type(value_of(cell, type_)) is type(value)


@pytest.mark.parametrize(
    ("cells", "type_"),
    [
        (["1", "", "2.5"], "number"),
        (["1", "007"], "text"),
        (["2026/1/1", "2026-12-31"], "date"),
        (["2026/1/1 10:00"], "time"),
        (["是", "否"], "boolean"),
        (["", ""], "text"),
        (["1", "x"], "text"),
    ],
)
def test_a_column_has_the_narrowest_type_that_all_cells_fit(cells: list[str], type_: str) -> None:
    guess = Guess()
    for cell in cells:
        guess.look(cell)
    assert guess.type == type_
