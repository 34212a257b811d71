"""Why an order was changed, and what changed, in words that people read. Pure.

Names of steps and actions are those of the order's checklist. Texts are as somebody typed them: escape them in markup.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lambdas.orders.decisions.money_back import NAMES
from lambdas.orders.dispute import Dispute, RefundThere
from lambdas.orders.model.checklist import ChecklistAction
from lambdas.orders.model.money import format_cents
from lambdas.orders.model.order import Hold, Order, PaymentAttempt, Wait
from lambdas.orders.model.packs import PricedPack
from lambdas.orders.model.waits import WaitKey, WaitKind
from lambdas.read_models.history.item import HistoryItem
from lambdas.read_models.history.texts import MISSING, Absent
from lambdas.read_models.history.values import Changes, path_parts
from lambdas.runtime.models import Frozen

_MODELS: dict[str, type[Frozen]] = {
    "actions": ChecklistAction,
    "waits": Wait,
    "hold": Hold,
    "dispute": Dispute,
    "refund_there": RefundThere,
    "attempt": PaymentAttempt,
    "priced": PricedPack,
}
# Who and when, which each entry has anyway; keys and digests, which say nothing to people.
_HIDDEN = re.compile(
    r"/(activity|changed_by|changed_how|changed_because|epoch|step_status|is_fingerprinted|checklist_steps|looks)"
    r"|/actions/\d+/(at|by|told|claim_ends_at|failed_last|retryable|action_id|step_id)"
    r"|/waits/[^/]+/token|/(hold|attempt)/(key|claim|claim_ends_at|price|content)"
)
_TIMES = frozenset({"ts", "since", "answer_by", "requested_completion", "planned_completion"})
_REASON = re.compile(r"/(canceled_because|review_because|machine_stopped_because|changed_because|actions/\d+/reason)")


@dataclass(frozen=True)
class FieldChange:
    """`field`: its path with dots, such as `info.email`. `label`: in words. `before`, `after`: None where there was no value."""

    field: str
    label: str
    before: Any
    after: Any


def reasons(item: HistoryItem) -> Iterator[str]:
    """Why, as far as somebody gave a reason. They are personal values."""
    found = {
        str(after): None
        for path, (_, after) in (item.personal.changes.items() if item.personal else ())
        if _REASON.fullmatch(path) and after not in (MISSING, "")
    }
    yield from found


def field_changes(item: HistoryItem, order: Order, *, personal: bool) -> Iterator[FieldChange]:
    """The changed fields. `personal`: those that tell of a person too."""
    known = item.plain.changes
    if personal and item.personal:
        known = _joined(known, item.personal.changes)
    was_in = str(known["/currency"][0]) if "/currency" in known else order.currency
    new_actions = {
        path.rpartition("/")[0] for path, (old, _) in known.items() if path.endswith("/action_id") and old is MISSING
    }
    for path, (old, new) in known.items():
        if _HIDDEN.fullmatch(path) or (path.startswith("/actions/") and "/".join(path.split("/")[:3]) in new_actions):
            continue
        before, after = _shown(path, old, order, was_in), _shown(path, new, order, order.currency)
        if before != after:
            yield FieldChange(".".join(path_parts(path)), _label(path, order), before, after)


def _joined(plain: Changes, personal: Changes) -> Changes:
    """Of a value that tells of a person only before or after the change, each half is in another part."""
    both = dict(plain)
    for path, (old, new) in personal.items():
        plain_old, plain_new = plain.get(path, (MISSING, MISSING))
        both[path] = (plain_old if old is MISSING else old, plain_new if new is MISSING else new)
    return both


def _shown(path: str, value: Any, order: Order, currency: str) -> Any:
    name = path_parts(path)[-1]
    if isinstance(value, Absent):
        value = _default(path) if value is MISSING else None
    if isinstance(value, bool) or not isinstance(value, int) or path.startswith("/info/"):
        return value
    if name.endswith("_cents"):
        return format_cents(value, currency)
    if name == "step_id":
        return next((f"{step.name} ({value})" for step in order.checklist_steps if step.step_id == value), value)
    return iso(value) if name in _TIMES or name.endswith("_at") else value


def _default(path: str) -> Any:
    """The value of a field that is not stored, because it is the default one."""
    first, *rest = path_parts(path)
    model = _MODELS.get(first, Order)
    field = model.model_fields.get(rest[-1] if rest and first in _MODELS else first)
    return (
        None
        if field is None or field.is_required() or not isinstance(field.default, int | str)
        else field.default or None
    )


def _label(path: str, order: Order) -> str:
    first, *rest = path_parts(path)
    last = " ".join(rest[1:]).replace("_", " ") if rest else ""
    match first:
        case "actions" if rest:
            action = order.actions.get(rest[0])
            return f"{action.name if action else 'action'} ({rest[0]}): {last}"
        case "waits" if rest:
            return f"{_wait(rest[0], order)}: {last}"
        case "priced" if rest:
            return f"service {int(rest[0]) + 1}: {last}" if rest[0].isdecimal() else "services"
        case "info":
            return " ".join(rest) or "info"
    return " ".join((first, *rest)).replace("_", " ").removesuffix(" id").removesuffix(" cents")


def _wait(key: str, order: Order) -> str:
    wait = WaitKey(key)
    if wait.kind is WaitKind.LEADS:
        return "wait for the submit"
    if wait.kind is WaitKind.MACHINE:
        return "wait for a restart"
    if wait in NAMES:
        return NAMES[wait].lower()
    action = order.actions.get(wait.action_key)
    return f"wait of {action.name if action else 'action'} ({wait.action_key})"


def iso(seconds: int) -> str:
    """Unix seconds as ISO 8601 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
