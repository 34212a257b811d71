"""`order.history`: who changed an order, when, how, why and what. Users who may not see personal data see no reasons either."""

import json
from typing import Annotated, Any, Literal, TypedDict

from typing_extensions import Doc

from lambdas.api.auth.caller import Caller
from lambdas.api.backend import Backend
from lambdas.api.http.responses import MOST_BYTES, bytes_of
from lambdas.api.http.values import as_json, iso
from lambdas.api.method import Method
from lambdas.api.orders.requests import HistoryRequest
from lambdas.read_models.history.reading import Entry, HistoryPage, HistoryReader
from lambdas.read_models.history.table import HistoryTable
from lambdas.read_models.history.words import FieldChange
from lambdas.records.users.rights import Right

PAGE_LIMIT = 50

FieldChangeView = TypedDict(
    "FieldChangeView",
    {
        "field": Annotated[str, Doc("The field's path, such as info.email or actions.102.state.")],
        "label": Annotated[str, Doc("The field in words, such as `Add Services (102): state`.")],
        "from": Annotated[str | None, Doc("The value before as text; null: none. Times are ISO 8601, trees are JSON.")],
        "to": Annotated[str | None, Doc("The value after, written the same; null: there is none any more.")],
    },
)


class EntryView(TypedDict):
    """One change of an order."""

    revision: Annotated[int, Doc("The revision that it made; order.get with `at` shows it.")]
    at: Annotated[str | None, Doc("When it was made; null if that is not known.")]
    actor: Annotated[
        Literal["user", "client", "contract", "provider", "console", "machine", "unknown"],
        Doc(
            "Who made it. client: by a form or link; contract: a signed contract; provider: the payment provider; "
            "console: somebody with an AWS account; machine: the queue's machine or an action."
        ),
    ]
    by: Annotated[str | None, Doc("The name of who made it; null for the machine.")]
    how: Annotated[str, Doc("The verb, such as update, skip, run, done or wait.")]
    deed: Annotated[str, Doc("What was done, in words, such as `Add Services (102) is done`.")]
    order_action_id: Annotated[int | None, Doc("The action it is about; null: the order.")]
    why: Annotated[list[str], Doc("Reasons that were given. Needs the right `personal_data`, or it is empty.")]
    changes: Annotated[list[FieldChangeView], Doc("What changed. Personal values need the right `personal_data`.")]
    beside: Annotated[str | None, Doc("Null for a revision; else edit, remove or erase: no revision was made.")]
    late: Annotated[bool, Doc("Whether a later change was recorded before it.")]
    gap: Annotated[bool, Doc("Whether changes before it are not recorded.")]
    erased: Annotated[bool, Doc("Whether its personal values were erased since.")]


class HistoryView(TypedDict):
    """A page of an order's history. It may hold fewer than `limit`."""

    order_id: Annotated[str, Doc("The order's number.")]
    revision: Annotated[int, Doc("The order's revision now.")]
    recorded_revision: Annotated[int, Doc("The newest revision that is recorded. It is behind for a moment at most.")]
    entries: Annotated[list[EntryView], Doc("The changes of this page.")]
    next_cursor: Annotated[str | None, Doc("Send it as `cursor` for the next page; null after the last.")]


def reader_of(backend: Backend) -> HistoryReader:
    return HistoryReader(HistoryTable(backend.history))


def _history(backend: Backend, request: HistoryRequest, caller: Caller) -> HistoryPage:
    order = backend.order(request, caller)
    return reader_of(backend).page(
        order,
        personal=caller.sees_personal_data(order.order_queue_id, order.brand_id),
        limit=request.limit or PAGE_LIMIT,
        descending=request.direction != "asc",
        cursor=request.cursor or "",
        has_room=_Room(),
    )


class _Room:
    """The room of an answer, which each entry takes a part of."""

    def __init__(self) -> None:
        self._left = MOST_BYTES

    def __call__(self, entry: Entry) -> bool:
        self._left -= bytes_of(_entry(entry))
        return self._left >= 0


def _view(page: HistoryPage) -> HistoryView:
    return {
        "order_id": page.order_id,
        "revision": page.revision,
        "recorded_revision": page.recorded_revision,
        "entries": [_entry(entry) for entry in page.entries],
        "next_cursor": page.next_cursor,
    }


def _entry(entry: Entry) -> EntryView:
    return {
        "revision": entry.revision,
        "at": iso(entry.at or None),
        "actor": entry.actor.value,
        "by": entry.by or None,
        "how": entry.how,
        "deed": entry.deed,
        "order_action_id": entry.action_id or None,
        "why": list(entry.why),
        "changes": [_change(change) for change in entry.changes],
        "beside": entry.side.rstrip("0123456789") or None,
        "late": entry.is_late,
        "gap": entry.is_gap,
        "erased": entry.is_erased,
    }


def _change(change: FieldChange) -> FieldChangeView:
    return {"field": change.field, "label": change.label, "from": _text(change.before), "to": _text(change.after)}


def _answer(page: HistoryPage) -> dict[str, Any]:
    """In API 2.0: all text, in the order of the page."""
    return {
        "history": [_record(entry) for entry in page.entries],
        "recorded_revision": str(page.recorded_revision),
        "next_cursor": page.next_cursor or "",
    }


def _record(entry: Entry) -> dict[str, Any]:
    return {
        "revision": str(entry.revision),
        "timestamp": str(entry.at),
        "actor": entry.actor.value,
        "user": entry.by,
        "how": entry.how,
        "deed": entry.deed,
        "order_action_id": str(entry.action_id),
        "reason": "; ".join(entry.why),
        "changes": [
            {
                "field": change.field,
                "label": change.label,
                "from": _text(change.before) or "",
                "to": _text(change.after) or "",
            }
            for change in entry.changes
        ],
        "beside": entry.side.rstrip("0123456789"),
        "late": "1" if entry.is_late else "0",
        "gap": "1" if entry.is_gap else "0",
        "erased": "1" if entry.is_erased else "0",
    }


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, default=as_json)


METHODS: dict[str, Method] = {
    "order.history": Method(
        title="List the changes of an order: who made them, when, how and why",
        request=HistoryRequest,
        rights=(Right.VIEW,),
        verb=_history,
        answer=_answer,
        view=_view,
        reads=True,
        example={"order_id": "1001"},
    ),
}
