"""Tables of people, products and moments as sheets: their rows as lines of CSV or XLSX, and read back from them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any, Final

import orjson

from audience import csv_text, workbooks
from audience.csv_text import BadFile
from store.problem import Problem, problem

#: The columns of a sheet: name, title in Chinese and in English.
COLUMNS: Final = (
    ("tags", "标签", "Tags"),
    ("who", "人群规则", "Rule"),
    ("product_key", "商品编号", "Product key"),
    ("product_name", "商品名称", "Product"),
    ("url", "链接", "Link"),
    ("price", "价格", "Price"),
    ("material", "素材", "Material"),
    ("moments", "时机", "Moments"),
    ("priority", "优先级", "Priority"),
    ("until", "截止日", "Until"),
    ("key", "行", "Row"),
)
BETWEEN: Final = re.compile(r"[,，、;；\n]")
MOST_BYTES: Final = 2 * 1024 * 1024
MOST_LINES: Final = 5000


def titles(lang: str) -> list[str]:
    """The first line of a sheet."""
    return [zh if lang == "zh" else en for _, zh, en in COLUMNS]


def lines(rows: Sequence[Mapping[str, Any]], moments: Sequence[Mapping[str, Any]]) -> Iterator[list[str]]:
    """The rows of a table as lines of a sheet; moments by their names."""
    named = {one["key"]: one["name"] for one in moments}
    for row in rows:
        product = row["product"]
        cells = {
            "tags": "、".join(row["tags"]),
            "who": orjson.dumps(row["who"]).decode() if row["who"] else "",
            "product_key": product["key"],
            "product_name": product["name"],
            "url": product["url"],
            "price": "" if product["price"] is None else f"{product['price']:.15g}",
            "material": product["material"],
            "moments": "、".join(named.get(key, key) for key in row["moments"]),
            "priority": str(row["priority"]),
            "until": row["until"] or "",
            "key": row["key"],
        }
        yield [cells[name] for name, _, _ in COLUMNS]


def read(
    file: IO[bytes], filename: str, moments: Sequence[Mapping[str, Any]]
) -> tuple[list[dict[str, Any]], list[Problem]]:
    """The rows that a CSV or XLSX holds, and what could not be understood, by line. Raises BadFile."""
    found = iter(_cells(file, filename))
    head = next(found, None)
    if head is None:
        raise BadFile("文件是空的。", "The file is empty.")
    columns = _columns(head)
    if not {"product_name", "product_key"} <= set(columns.values()):
        raise BadFile(
            "没有找到“商品编号”和“商品名称”这两列；请先导出一份作为模板。",
            "There are no columns “Product key” and “Product”; export a sheet to begin from.",
        )
    named = {one["name"].strip(): one["key"] for one in moments} | {one["key"]: one["key"] for one in moments}
    rows: list[dict[str, Any]] = []
    problems: list[Problem] = []
    for line, cells in enumerate(found, 2):
        if line > MOST_LINES:
            raise BadFile(f"最多 {MOST_LINES} 行。", f"At most {MOST_LINES} lines.")
        given = {name: csv_text.plain(cells[n]).strip() for n, name in columns.items() if n < len(cells)}
        if any(given.values()):
            rows.append(_row(given, named, line, problems))
    return rows, problems


def _cells(file: IO[bytes], filename: str) -> Iterator[list[str]]:
    if workbooks.form_of(file, filename) == "xlsx":
        yield from workbooks.rows_of(file)
        return
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise BadFile("文件太大，最多 2 MiB。", "The file is too large: 2 MiB at most.")
    text, _ = csv_text.decode(content)
    yield from csv_text.read(text, csv_text.delimiter_of(text))


def _columns(head: Sequence[str]) -> dict[int, str]:
    called = {word.lower(): name for name, zh, en in COLUMNS for word in (name, zh, en)}
    return {n: called[cell.strip().lower()] for n, cell in enumerate(head) if cell.strip().lower() in called}


def _row(
    given: Mapping[str, str], moments: Mapping[str, str], line: int, problems: list[Problem]
) -> dict[str, Any]:
    def wrong(zh: str, en: str) -> None:
        problems.append(problem(f"line.{line}", f"第 {line} 行：{zh}", f"Line {line}: {en}"))

    price = _number(given.get("price", ""))
    if price is None and given.get("price"):
        wrong("价格要写成数字。", "the price is a number.")
    priority = _number(given.get("priority", "") or "0")
    if priority is None or priority != int(priority):
        wrong("优先级要写成整数。", "the priority is a whole number.")
        priority = 0
    names = [part.strip() for part in BETWEEN.split(given.get("moments", "")) if part.strip()]
    for name in names:
        if name not in moments:
            wrong(f"没有时机“{name}”。", f'there is no moment "{name}".')
    try:
        who = orjson.loads(given["who"]) if given.get("who") else None
    except orjson.JSONDecodeError:
        wrong("人群规则读不懂；请在页面里编辑它。", "the rule cannot be read; edit it on the page.")
        who = None
    return {
        "key": given.get("key", ""),
        "tags": [part.strip() for part in BETWEEN.split(given.get("tags", "")) if part.strip()],
        "who": who,
        "product": {
            "key": given.get("product_key", ""),
            "name": given.get("product_name", ""),
            "url": given.get("url", ""),
            "price": price,
            "material": given.get("material", ""),
        },
        "moments": [moments[name] for name in names if name in moments],
        "priority": int(priority),
        "until": given.get("until", "")[:10] or None,
    }


def _number(text: str) -> float | None:
    try:
        number = float(text.replace(",", "").lstrip("¥￥"))
    except ValueError:
        return None
    return number if abs(number) < 1e12 else None
