"""Excel workbooks (XlsxWriter): cells are text or numbers; what somebody wrote is never run as a formula."""

import csv
from collections.abc import Iterable, Sequence
from io import BytesIO, StringIO
from typing import Any

from xlsxwriter import Workbook

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_OPTIONS = {
    "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
}  # fmt: skip

Cell = str | int | float | None
#: A sheet: its name, lines above the table, the headings with their widths, the rows.
Sheet = tuple[str, Sequence[str], Sequence[tuple[str, int]], Iterable[Sequence[Cell]]]


def written(sheets: Iterable[Sheet]) -> bytes:
    """Return a workbook of *sheets*."""
    file = BytesIO()
    book = Workbook(file, _OPTIONS)
    bold = book.add_format({"bold": True, "bg_color": "#E5EFFA"})
    for name, above, headings, rows in sheets:
        paper = book.add_worksheet(name.replace("/", "·")[:31])
        for line, text in enumerate(above):
            paper.write_string(line, 0, guarded(text))
        for column, (heading, width) in enumerate(headings):
            paper.set_column(column, column, width)
            paper.write_string(len(above), column, heading, bold)
        for line, row in enumerate(rows, len(above) + 1):
            for column, value in enumerate(row):
                _write(paper, line, column, value)
        paper.freeze_panes(len(above) + 1, 1)
    book.close()
    return file.getvalue()


def _write(paper: Any, line: int, column: int, value: Cell) -> None:
    if isinstance(value, str):
        paper.write_string(line, column, guarded(value))
    elif value is not None:
        paper.write_number(line, column, value)


def guarded(text: str) -> str:
    """Return *text* so that no spreadsheet takes it for a formula, also after it is saved as CSV."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def plain(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table as CSV that spreadsheets read as Chinese, and in which nothing is a formula."""
    file = StringIO()
    file.write("\ufeff")
    sheet = csv.writer(file)
    sheet.writerow(headings)
    sheet.writerows([guarded(text) for text in row] for row in rows)
    return file.getvalue()
