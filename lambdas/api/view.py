"""An order as new callers get it: real types, ISO times, the checklist with each action's state and reason."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from lambdas.orders.money import format_cents
from lambdas.orders.order import ChecklistAction, Order


def view(order: Order) -> dict[str, Any]:
    """Money as decimal text, times as ISO 8601 in UTC."""
    return {
        "order_id": order.order_id,
        "hash": order.hash,
        "order_queue_id": order.order_queue_id,
        "step": {"order_step_id": order.step_id, "name": order.step.name, "status": order.step_status.name.lower()},
        "client_id": order.client_id,
        "total": format_cents(order.total_cents),
        "currency": order.currency,
        "priority": order.priority,
        "owner": order.owner,
        "listed_company": order.listed_company,
        "opportunity_id": order.opportunity_id,
        "order_form_id": order.order_form_id,
        "received_at": _iso(order.ts),
        "active_at": _iso(order.activity),
        "submitted_at": _iso(order.submitted_at),
        "completed_at": _iso(order.completed_at),
        "canceled_at": _iso(order.canceled_at),
        "canceled_because": order.canceled_because or None,
        "canceled_by": order.canceled_by or None,
        "unwound_at": _iso(order.unwound_at),
        "machine_stopped_at": _iso(order.machine_stopped_at),
        "machine_stopped_because": order.machine_stopped_because or None,
        "revision": order.revision,
        "changed_by": order.changed_by or None,
        "changed_how": order.changed_how or None,
        "queue_hash": order.queue_hash,
        "machine_hash": order.machine_hash or None,
        "actions": [_action(action, order) for action in order.actions.values()],
        "waits": [
            {
                "for": key,
                "owner": wait.owner,
                "since": _iso(wait.since),
                "due_at": _iso(wait.due_at),
                "overdue": wait.overdue,
            }
            for key, wait in order.waits.items()
        ],
        "info": order.info,
    }


def _action(action: ChecklistAction, order: Order) -> dict[str, Any]:
    return {
        "order_action_id": action.action_id,
        "order_step_id": action.step_id,
        "name": action.name,
        "module": action.module,
        "automatic": action.automatic,
        "optional": action.optional,
        "owner": action.owner,
        "prereqs": list(action.prereqs),
        "state": action.state.value,
        "reason": action.reason,
        "attempts": action.attempts,
        "at": _iso(action.at),
        "by": action.by or None,
        "result": action.result,
    }


def _iso(seconds: int | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def as_json(value: object) -> object:
    """For `json.dumps(default=...)`: decimals of `info` keep their digits."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"cannot answer with a {type(value).__name__}")
