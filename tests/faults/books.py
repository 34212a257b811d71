"""What was made of each order, and the verdict on it: what there is twice, and what is lost. The verdict is pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from lambdas.payments.gateway import TransactionState
from lambdas.records.clients.service import ServiceStatus
from lambdas.records.invoices.invoice import InvoiceStatus

Call = tuple[int, bool]  # id of the action, and whether it asked to take back


@dataclass
class Made:
    """All that there is of one order. `calls`: what the parties outside did, each once per idempotency key."""

    orders: int = 1
    clients: int = 0
    services: list[str] = field(default_factory=list)
    invoices: list[str] = field(default_factory=list)
    credit_notes: int = 0
    payments: list[str] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    executions: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Verdict:
    """In words; empty if nothing is wrong."""

    doubles: tuple[str, ...]
    losses: tuple[str, ...]


def judged(order: Order, made: Made, *, packs: int, canceled: bool) -> Verdict:
    """`packs`: how many services the order asks for. `canceled`: whether somebody canceled it, so that it ends there."""
    losses = _not_ended(order, made, canceled=canceled)
    losses += _left_over(order, made) if canceled else _missing(made, order, packs)
    return Verdict(tuple(_doubles(made, packs)), tuple(losses))


_LIVE = (
    TransactionState.PENDING,
    TransactionState.HELD,
    TransactionState.CAPTURED,
    TransactionState.PARTLY_REFUNDED,
)


def _doubles(made: Made, packs: int) -> list[str]:
    live = [state for state in made.payments if state in _LIVE]
    counts = {
        "orders": (made.orders, 1),
        "clients": (made.clients, 1),
        "services": (len(made.services), packs),
        "invoices": (len(made.invoices), 1),
        "credit notes": (made.credit_notes, 1),
        "live payments": (len(live), 1),
        "executions": (len(made.executions), 1),
    }
    outside = Counter(made.calls)
    return [
        *(f"{count} {what} instead of {most}" for what, (count, most) in counts.items() if count > most),
        *(
            f"action {action} was {'taken back' if undo else 'done'} outside {count} times"
            for (action, undo), count in outside.items()
            if count > 1
        ),
    ]


def _not_ended(order: Order, made: Made, *, canceled: bool) -> list[str]:
    """The order is where it belongs, its machine has come to its end, and nothing that was asked for is forgotten."""
    lost: list[str] = []
    ended = order.unwound_at is not None if canceled else order.step_status is StepStatus.COMPLETE
    if not ended:
        owners = {f"{key} for {wait.owner}" for key, wait in order.waits.items() if wait.due_at}
        waits = f"waiting: {', '.join(sorted(owners))}" if owners else "stuck without an owner"
        lost.append(f"still in {order.step.name}, {waits}")
    lost += [
        f"the run that was asked of {action.name} never came"
        for action in order.actions.values()
        if action.requested_at
    ]
    if made.executions != ["SUCCEEDED"] and not lost:
        lost.append(f"its executions are {made.executions or 'none'}")
    return lost


def _missing(made: Made, order: Order, packs: int) -> list[str]:
    active = made.services.count(ServiceStatus.ACTIVE)
    asked = {action for action, undo in made.calls if not undo}
    done = [one for one in order.actions.values() if one.module == "call_webhook" and one.state is ActionState.DONE]
    wrong = {
        "no client": not made.clients,
        f"{active} active services instead of {packs}": active != packs,
        f"invoices are {made.invoices}": made.invoices != [InvoiceStatus.PAID],
        f"payments are {made.payments}": made.payments != [TransactionState.CAPTURED],
        "a credit note of a complete order": bool(made.credit_notes),
        "done, but never asked for outside": any(one.action_id not in asked for one in done),
    }
    return [what for what, is_wrong in wrong.items() if is_wrong]


def _left_over(order: Order, made: Made) -> list[str]:
    """What is still live of a canceled order."""
    back = {action for action, undo in made.calls if undo}
    begun = {action for action, undo in made.calls if not undo and order.actions[str(action)].config.get("undo_url")}
    live = [state for state in made.services if state != ServiceStatus.CANCELED]
    payments = [state for state in made.payments if state not in (TransactionState.VOIDED, TransactionState.REFUNDED)]
    open_invoices = [state for state in made.invoices if state != InvoiceStatus.CREDITED]
    wrong = {
        f"services are still {live}": bool(live),
        f"payments are still {payments}": bool(payments),
        f"invoices are still {open_invoices}": bool(open_invoices),
        "an invoice without its credit note": bool(made.invoices) and not made.credit_notes,
        f"not taken back outside: {sorted(begun - back)}": bool(begun - back),
        f"the checklist says {_untold(order, made)}": bool(_untold(order, made)),
    }
    return [what for what, is_wrong in wrong.items() if is_wrong]


def _untold(order: Order, made: Made) -> list[str]:
    """Actions whose work was taken back, of which the order's checklist does not say so."""
    had = {"add_services": bool(made.services), "generate_invoice": bool(made.invoices)}
    actions = (action for action in order.actions.values() if had.get(action.module))
    return [f"{action.name} {action.state.value}" for action in actions if action.state is not ActionState.UNDONE]


_OF_CLIENTS = ("client#", "services#", "invoices#")


def made_of(records: Iterable[Mapping[str, Any]]) -> dict[str, Made]:
    """What the record table holds, by order id."""
    found: dict[str, Made] = {}
    for record in records:
        kind, owned = str(record["sk"]).split("#", maxsplit=1)[0], str(record["pk"]).startswith(_OF_CLIENTS)
        if "order_id" not in record or not (owned or kind == "transaction"):
            continue
        made = found.setdefault(str(record["order_id"]), Made())
        match kind:
            case "client":
                made.clients += 1
            case "service":
                made.services.append(str(record["status"]))
            case "invoice":
                made.invoices.append(str(record["status"]))
            case "credit_note":
                made.credit_notes += 1
            case "transaction":
                made.payments.append(str(record["state"]))
    return found
