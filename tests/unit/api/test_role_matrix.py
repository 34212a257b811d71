"""Which role may call which method: the table checked in, so that a change of rights is a line of a diff.

After a change that is meant: `python -m tests.unit.api.test_role_matrix > tests/data/role_matrix.txt`
"""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lambdas.api.method import Method
from lambdas.api.methods import every_method
from lambdas.records.api_user import ApiUser
from lambdas.records.rights import ROLES, Grant
from tests.unit.api.conftest import Caller

FILE = Path(__file__).parents[2] / "data" / "role_matrix.txt"

_ACTION = {"order_id": "1001", "order_action_id": 101}
_MOVE = {"order_id": "1001", "step_id": 12}
# Methods whose rights depend on what is asked: the other things to ask, by what their rows are called.
VARIANTS: dict[str, dict[str, dict[str, Any]]] = {
    "client.invoice_generate": {"charge": {"client_id": "101", "command": "charge"}},
    "client.quote_sign": {
        "stored method": {"quote_id": "1", "signer": "Ada", "signer_ip": "192.0.2.1", "billing_info_id": "7"}
    },
    "order.process": {"skip": {**_ACTION, "skip": 1}, "undo_skip": {**_ACTION, "undo_skip": 1}},
    "order.submit": {"reviewed": {"order_id": "1001", "reviewed": 1}},
    "order.update": {"move": _MOVE, "change and move": {**_MOVE, "priority": 2}},
}


def rows() -> Iterator[tuple[str, str, Method, dict[str, Any]]]:
    """Label, method's name, method, parameters."""
    for name, method in every_method():
        yield name, name, method, dict(method.example)
        for label, parameters in VARIANTS.get(name, {}).items():
            yield f"{name} ({label})", name, method, parameters


def allowed(role: str, method: Method, parameters: dict[str, Any]) -> bool:
    user = ApiUser(name=role, tokens=(), grants=(Grant(rights=ROLES[role]),))
    return all(user.may(right) for right in method.needs(method.request.model_validate(parameters)))


def matrix() -> str:
    """One line per method, one column per role; `-` is refused."""
    lines = [("method", *ROLES)]
    for label, _, method, parameters in rows():
        lines.append((label, *("yes" if allowed(role, method, parameters) else "-" for role in ROLES)))
    width = max(len(line[0]) for line in lines)
    return "".join(f"{line[0]:{width}}  {'  '.join(f'{cell:10}' for cell in line[1:]).rstrip()}\n" for line in lines)


def test_the_roles_may_call_what_the_table_says() -> None:
    assert matrix() == FILE.read_text("utf-8")


def test_every_method_whose_rights_depend_on_the_request_has_its_variants() -> None:
    assert {name for name, method in every_method() if callable(method.rights)} == set(VARIANTS)


@pytest.mark.parametrize("role", ROLES)
def test_the_api_refuses_exactly_what_the_table_refuses(caller: Caller, role: str) -> None:
    token = caller.api.users.add(role, (Grant(rights=ROLES[role]),), now=0)
    credentials = base64.b64encode(f"{role}:{token}".encode()).decode()

    for label, name, method, parameters in rows():
        answer = caller.send(
            f"/{name}",
            body=json.dumps(parameters),
            content_type="application/json",
            headers={"authorization": f"Basic {credentials}"},
        )
        refused = answer.body.get("type") == "urn:order-queues:problem:not_allowed"
        assert refused is not allowed(role, method, parameters), f"{label}: {answer.body}"


if __name__ == "__main__":
    print(matrix(), end="")  # noqa: T201
