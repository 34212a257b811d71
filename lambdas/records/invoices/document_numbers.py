"""Finds a document by the number that stands on it, such as `INV-2026-00007`, in three reads.

Rows of a series stand by the number that never begins again. It grows with the one of the year, so the counter tells about where
the row must be. Seldom are they some places apart: a number of a process that died goes to a later document.
"""

import re
from collections.abc import Iterable
from typing import Any

from lambdas.records.invoices.invoice import InvoiceKind
from lambdas.records.invoices.series import number_sk, read_counter, series_pk
from lambdas.records.table import RecordTable

DOCUMENT_NUMBER = re.compile(r"[A-Z][A-Z0-9/.-]{0,15}[/.-]([0-9]{4})-([0-9]{5,9})")
_APART = 50


def find_rows(table: RecordTable, brand_id: int, shown: str) -> Iterable[tuple[InvoiceKind, dict[str, Any]]]:
    """Rows of the brand's series, with this number of this year. They tell client and number, and not what it begins with."""
    stated = DOCUMENT_NUMBER.fullmatch(shown)
    if stated is None:
        return
    year, nth = int(stated[1]), int(stated[2])
    for kind in InvoiceKind:
        pk = series_pk(brand_id, kind)
        counter = read_counter(table, pk)
        if not 1 <= nth <= counter.latest_of.get(year, 0):
            continue
        since = sum(latest for of, latest in counter.latest_of.items() if of >= year)
        about = counter.latest - since + nth
        first, last = (number_sk(max(1, about + apart)) for apart in (-_APART, _APART))
        for row in table.query_between(pk, first, last):
            if (row.get("series_year"), row.get("series_number")) == (year, nth):
                yield kind, row
