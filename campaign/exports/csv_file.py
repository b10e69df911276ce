"""CSV (RFC 4180) that spreadsheet programs open rightly: UTF-8 with its mark, and no cell that is a formula."""

import codecs
import csv
import io
from collections.abc import Iterable, Sequence
from typing import IO

from campaign.exports.cells import text_cell


def write_csv(out: IO[bytes], titles: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Write a heading and the rows to a binary stream as they come; return how many rows there were."""
    out.write(codecs.BOM_UTF8)  # without it Excel reads Latin-1
    text = io.TextIOWrapper(out, encoding="utf-8", newline="")
    try:
        writer = csv.writer(text)
        writer.writerow(titles)
        count = 0
        for count, row in enumerate(rows, start=1):  # noqa: B007 - the last number is the answer
            writer.writerow([text_cell(cell) for cell in row])
        text.flush()
    finally:
        text.detach()  # the stream belongs to the caller and stays open
    return count
