"""Pauses as they are shown at both doors."""

from typing import Annotated, Any, Literal, TypedDict

from typing_extensions import Doc

from lambdas.api.http.values import iso
from lambdas.orders.pauses import Pause


class PauseView(TypedDict):
    pause_id: Annotated[str, Doc("The pause's id.")]
    revision: Annotated[int, Doc("One more with each change of its end or reason.")]
    kind: Annotated[Literal["module", "gateway", "queue"], Doc("What is paused.")]
    name: Annotated[str, Doc("The module, the gateway, or the queue's id.")]
    reason: Annotated[str, Doc("Why; empty for who may not see personal data.")]
    by: Annotated[str, Doc("Who paused it, or changed that last.")]
    since: Annotated[str | None, Doc("Since when.")]
    until: Annotated[str | None, Doc("When it ends automatically.")]
    over_at: Annotated[str | None, Doc("When somebody ended it before; its orders are being continued.")]
    over_by: Annotated[str | None, Doc("Who ended it.")]


class PausesView(TypedDict):
    pauses: Annotated[
        list[PauseView], Doc("The pauses, and those that are over while their orders are being continued.")
    ]


def pause_view(pause: Pause) -> PauseView:
    return {
        "pause_id": pause.pause_id,
        "revision": pause.revision,
        "kind": pause.kind.value,
        "name": pause.name,
        "reason": pause.reason,
        "by": pause.by,
        "since": iso(pause.since),
        "until": iso(pause.ends_at),
        "over_at": iso(pause.over_at),
        "over_by": pause.over_by or None,
    }


def pauses_view(pauses: tuple[Pause, ...]) -> PausesView:
    return {"pauses": [pause_view(pause) for pause in pauses]}


def record(pause: Pause) -> dict[str, Any]:
    """For API 2.0: all text."""
    return {
        "pause_id": pause.pause_id,
        "revision": str(pause.revision),
        "kind": pause.kind.value,
        "name": pause.name,
        "reason": pause.reason,
        "by": pause.by,
        "since": str(pause.since),
        "until": str(pause.ends_at),
        "over_at": str(pause.over_at or 0),
        "over_by": pause.over_by,
    }


def records(pauses: tuple[Pause, ...]) -> Any:
    """By id; `[]` if there are none."""
    return {pause.pause_id: record(pause) for pause in pauses} or []
