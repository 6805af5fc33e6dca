"""Writing XLSX while it is sent: every cell is a text, so that no spreadsheet calculates what a customer typed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from xml.sax.saxutils import escape

from audience.csv_text import plain

#: Rows of a sheet; what is more goes to the next one.
ROWS_IN_SHEET = 1_048_576
#: Letters of a cell; a spreadsheet refuses more.
LONGEST = 32_767
BLOCK = 64 * 1024
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACK = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
#: One format besides the usual: text (49), so that a phone number typed over stays one.
_PLAIN = 'fontId="0" fillId="0" borderId="0"'
_STYLES = (
    f"{_HEAD}<styleSheet {_MAIN}>"
    '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="1"><fill><patternFill/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    f'<cellStyleXfs count="1"><xf numFmtId="0" {_PLAIN}/></cellStyleXfs>'
    f'<cellXfs count="2"><xf numFmtId="0" {_PLAIN} xfId="0"/>'
    f'<xf numFmtId="49" {_PLAIN} xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>'
)


class _Sink(io.RawIOBase):
    """Takes what the archive writes until it is sent; cannot go back, so that the archive never wants to."""

    def __init__(self) -> None:
        self.waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        block = bytes(data)  # type: ignore[call-overload]
        self.waiting += block
        return len(block)

    def taken(self) -> bytes:
        block = bytes(self.waiting)
        self.waiting.clear()
        return block


def write(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """Give a workbook in blocks; only a block of it is held in memory."""
    sink = _Sink()
    left = iter(rows)
    sheets = 0
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        first = next(left, None)
        while sheets == 0 or first is not None:
            sheets += 1
            with archive.open(f"xl/worksheets/sheet{sheets}.xml", "w", force_zip64=True) as sheet:
                sheet.write(f"{_HEAD}<worksheet {_MAIN}><sheetData>{_row(titles)}".encode())
                some = [] if first is None else chain([first], islice(left, ROWS_IN_SHEET - 2))
                for row in some:
                    sheet.write(_row(row).encode())
                    if len(sink.waiting) > BLOCK:
                        yield sink.taken()
                sheet.write(b"</sheetData></worksheet>")
            first = next(left, None)
        for name, text in _frame(sheets):
            archive.writestr(name, text)
    yield sink.taken()


def _row(cells: Sequence[str]) -> str:
    return "<row>" + "".join([_cell(cell) for cell in cells]) + "</row>"


def _cell(cell: str) -> str:
    if not cell:
        return "<c/>"
    # A quote that an import would take away must be written twice to arrive once.
    text = ("'" + cell if plain(cell) != cell else cell)[:LONGEST]
    safe = escape("".join(letter if _storable(letter) else "\ufffd" for letter in text))
    return f'<c t="inlineStr" s="1"><is><t xml:space="preserve">{safe}</t></is></c>'


def _storable(letter: str) -> bool:
    return (
        letter >= " " and not "\ud800" <= letter <= "\udfff" and letter not in "\ufffe\uffff"
    ) or letter in "\t\n"


def _frame(sheets: int) -> Iterator[tuple[str, str]]:
    numbers = range(1, sheets + 1)
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for n in numbers
    )
    yield (
        "[Content_Types].xml",
        f'{_HEAD}<Types xmlns="{_PACK}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{parts}</Types>',
    )
    yield (
        "_rels/.rels",
        f'{_HEAD}<Relationships xmlns="{_PACK}/relationships"><Relationship Id="r1"'
        f' Type="{_REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    )
    listed = "".join(f'<sheet name="{n}" sheetId="{n}" r:id="s{n}"/>' for n in numbers)
    yield (
        "xl/workbook.xml",
        f'{_HEAD}<workbook {_MAIN} xmlns:r="{_REL}"><sheets>{listed}</sheets></workbook>',
    )
    related = "".join(
        f'<Relationship Id="s{n}" Type="{_REL}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        f'{_HEAD}<Relationships xmlns="{_PACK}/relationships">{related}'
        f'<Relationship Id="y" Type="{_REL}/styles" Target="styles.xml"/></Relationships>',
    )
    yield "xl/styles.xml", _STYLES
