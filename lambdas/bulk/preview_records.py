"""Previews in a table whose items expire: a head, and pages of planned orders."""

from typing import Any

from lambdas.bulk.errors import BulkBusyError
from lambdas.bulk.preview import Page, PlannedOrder, Preview
from lambdas.records.table import RecordTable

_HEAD = "preview"


class PreviewRecords:
    """Every write is conditional on the revision that it was decided on."""

    def __init__(self, table: RecordTable) -> None:
        self._table = table

    def find(self, preview_id: str) -> Preview | None:
        found = self._table.get(_pk(preview_id), _HEAD)
        return Preview.model_validate(found["preview"]) if found else None

    def pages(self, preview: Preview) -> list[Page]:
        """All of them, as far as they are there."""
        found = (self._table.get(_pk(preview.preview_id), _page_sk(number)) for number in range(preview.pages))
        return [page_of(each["orders"]) for each in found if each]

    def save(self, preview: Preview, new_pages: dict[int, Page]) -> Preview:
        """Write the pages, then the head that counts them. Raises BulkBusyError if another call did the same."""
        written = preview.changed(revision=preview.revision + 1)
        for number, page in new_pages.items():
            self._put(preview, _page_sk(number), {"orders": [list(order) for order in page]})
        self._put(preview, _HEAD, {"preview": written.model_dump()})
        return written

    def _put(self, preview: Preview, sk: str, content: dict[str, Any]) -> None:
        """`revision`: the one that the item was decided on. An older call's page may be replaced, a newer one's not."""
        item = {"pk": _pk(preview.preview_id), "sk": sk, "revision": preview.revision, **content}
        fits = "revision < :revision" if sk == _HEAD else "revision <= :revision"
        record = {**item, "expires_at": preview.expires_at}
        if not self._table.put_if(f"attribute_not_exists(pk) OR {fits}", record, revision=preview.revision):
            raise BulkBusyError


def page_of(stored: list[Any]) -> Page:
    """The planned orders of a stored page."""
    return tuple(PlannedOrder(*each) for each in stored)


def _pk(preview_id: str) -> str:
    return f"bulk_preview#{preview_id}"


def _page_sk(number: int) -> str:
    return f"page#{number:05d}"
