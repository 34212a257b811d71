"""The rows: every method, and again for each thing to ask of it that needs other rights."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lambdas.api.method import Method
from lambdas.api.table import every_method
from lambdas.records.users.rights import Right

_ACTION = {"order_id": "1001", "order_action_id": 101}
_MOVE = {"order_id": "1001", "step_id": 12}
_PACK = {"pack1": {"plan_id": "1"}}
# The other things to ask, by what their rows are called.
VARIANTS: dict[str, dict[str, dict[str, Any]]] = {
    "client.update": {"login": {"client_id": "101", "uber_pass": "a long pass phrase"}},
    "client.invoice_generate": {"charge": {"client_id": "101", "command": "charge"}},
    "client.quote_sign": {
        "stored method": {"quote_id": "1", "signer": "Ada", "signer_ip": "192.0.2.1", "billing_info_id": "7"}
    },
    "order.create": {
        "for a client": {"order_queue_id": 1, "client_id": "101", "info": _PACK},
        "stored method": {"order_queue_id": 1, "client_id": "101", "info": {**_PACK, "billing_info_id": "7"}},
    },
    "order.bulk_preview": {
        "skip": {"verb": "skip", "module": "manual_check_off", "order_queue_id": 1},
        "cancel": {"verb": "cancel", "order_queue_id": 1},
    },
    "order.pause": {"queue": {"order_queue_id": 1, "reason": "known", "minutes": 60}},
    "order.resume": {"queue": {"order_queue_id": 1}},
    "order.process": {"skip": {**_ACTION, "skip": 1, "reason": "known"}, "undo_skip": {**_ACTION, "undo_skip": 1}},
    "order.submit": {"reviewed": {"order_id": "1001", "reviewed": 1}},
    "order.update": {
        "move": {**_MOVE, "reason": "known"},
        "change and move": {**_MOVE, "reason": "known", "priority": 2},
        "for a client": {"order_id": "1001", "client_id": "101"},
    },
}
# What a verb asks for itself, by row: the method's rights do not say it.
ALSO_NEEDED: dict[str, tuple[Right, ...]] = {
    "order.create (for a client)": (Right.VIEW, Right.PERSONAL_DATA),
    "order.create (stored method)": (Right.VIEW, Right.PERSONAL_DATA, Right.STORED_METHODS),
    "order.update (for a client)": (Right.VIEW, Right.PERSONAL_DATA),
}


@dataclass(frozen=True)
class Row:
    """`parameters`: of a call that works."""

    label: str
    name: str
    method: Method
    parameters: dict[str, Any]

    @property
    def rights(self) -> tuple[Right, ...]:
        needed = self.method.needs(self.method.request.model_validate(self.parameters))
        return (*needed, *ALSO_NEEDED.get(self.label, ()))


def rows() -> Iterator[Row]:
    for name, method in every_method():
        yield Row(name, name, method, dict(method.example))
        for label, parameters in VARIANTS.get(name, {}).items():
            yield Row(f"{name} ({label})", name, method, parameters)
