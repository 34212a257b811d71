"""Tells what a state of a compiled machine is for, and for which action, by what it does and not by its name.

So machines of earlier versions, whose states have other names, are read as well.
"""

from collections.abc import Mapping
from enum import StrEnum, auto
from typing import Any, NamedTuple

from lambdas.orders.model.waits import WaitKey, WaitKind
from statemachines.asl import UPDATE


class Role(StrEnum):
    """The purpose of a state, for its action."""

    RUN = auto()
    """It calls the action's function."""
    UNDO = auto()
    """It calls the function to take back what the action did."""
    GATE = auto()
    """It waits for prereqs in other branches."""
    WAIT = auto()
    """It waits for a person or a party outside."""
    UNDO_WAIT = auto()
    """It waits for a person after an undo that failed."""
    SILENT = auto()
    """It writes on the order that the function did not answer."""
    UNDO_SILENT = auto()
    """It writes that the undo did not answer."""


class StateRole(NamedTuple):
    """`action_id`: of the action that the state serves."""

    role: Role
    action_id: int


_WAITS = {WaitKind.ACTION: Role.WAIT, WaitKind.GATE: Role.GATE, WaitKind.UNDO: Role.UNDO_WAIT}


def role_of(state: Mapping[str, Any]) -> StateRole | None:
    """None for a state that serves no single action: of the router, a box, an end."""
    arguments = state.get("Arguments", {})
    payload = arguments.get("Payload", {})
    if "action_id" in payload:
        return StateRole(Role.UNDO if payload.get("undo") else Role.RUN, int(payload["action_id"]))
    key = WaitKey(arguments.get("ExpressionAttributeNames", {}).get("#key", ""))
    values = arguments.get("ExpressionAttributeValues", {})
    if not key.action_key.isdigit():
        return None
    if state.get("Resource") == f"{UPDATE}.waitForTaskToken":
        role = _WAITS.get(key.kind)
        return StateRole(role, int(key.action_key)) if role else None
    if state.get("Resource") == UPDATE and ":reason" in values:
        return StateRole(Role.UNDO_SILENT if ":canceled" in values else Role.SILENT, int(key.action_key))
    return None
