"""Sends an order to the API as any HTTP client would, and shows in the terminal what becomes of it."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from infra.local_stack import LocalStack

GIVE_UP_SECONDS = 60
_POLL_SECONDS = 0.02

NEW_CLIENT_ORDER: dict[str, Any] = {
    "order_queue_id": 1,
    "info": {
        "first": "Ada",
        "last": "Lovelace",
        "company": "Analytical Engines Ltd",
        "email": "ada@analytical-engines.example",
        "address": "12 St James's Square",
        "city": "London",
        "zip": "SW1Y 4JH",
        "country": "GB",
        "phone": "+44 20 7946 0018",
        "payment_type": "cc",
        "cc_token": "tok_approve",
        "cc_type": "Visa",
        "cc_num": "4242",
        "cc_expire": "1230",
        "pack1": {
            "plan_id": "2",
            "period": 1,
            "quantity": 1,
            "desserv": "engine1.analytical-engines.example",
            "options": {"31": "101", "32": "110"},
        },
        "pack2": {"plan_id": "3", "period": 12, "desserv": "analytical-engines.example"},
    },
}


class OrderStuckError(RuntimeError):
    """The order did not come to an end in time; the message says where it stands."""


def client_of(stack: LocalStack) -> httpx.Client:
    return httpx.Client(base_url=stack.api_url, auth=(stack.user, stack.token), timeout=30)


def call(client: httpx.Client, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """One call of the API; a refusal is raised with the words the API gave."""
    answer = client.post(f"/{method}", json=parameters)
    if answer.is_error:
        raise RuntimeError(f"{method} was refused: {answer.json().get('detail', answer.text)}")
    return dict(answer.json())


def follow(client: httpx.Client, order: dict[str, Any]) -> Iterator[tuple[float, str, str, dict[str, Any]]]:
    """What changes on the order until it is in a final step: (seconds since now, what, new state, the order)."""
    began = time.monotonic()
    seen: dict[str, str] = {}
    while time.monotonic() - began < GIVE_UP_SECONDS:
        for what, state in _states(order).items():
            if seen.get(what) != state:
                seen[what] = state
                yield time.monotonic() - began, what, state, order
        if order["step"]["status"] in ("complete", "canceled"):
            return
        time.sleep(_POLL_SECONDS)
        order = dict(client.get("/order.get", params={"order_id": order["order_id"]}).json())
    raise OrderStuckError(f"order {order['order_id']} is still in {order['step']['name']}: {_states(order)}")


def _states(order: dict[str, Any]) -> dict[str, str]:
    actions = {action["name"]: action["state"] for action in order["actions"] if action["state"] != "pending"}
    ended = order["step"]["status"] in ("complete", "canceled")
    step = {"step": order["step"]["name"]}
    return {**actions, **step} if ended else {**step, **actions}


def play(stack: LocalStack, console: Console) -> str:
    """A new client's order from lead to Complete; returns its id."""
    with client_of(stack) as client:
        order = call(client, "order.create", NEW_CLIENT_ORDER)
        order_id = str(order["order_id"])
        console.print(
            f"\n[bold]POST /order.create[/]  -> order [bold]{order_id}[/], {order['total']} {order['currency']}"
        )
        for seconds, what, state, _ in _lead(client, order):
            _show(console, seconds, what, state)
        submitted = call(client, "order.submit", {"order_id": order_id})
        console.print(
            f"[bold]POST /order.submit[/]  -> card pre-authorised, {submitted['total']} {order['currency']} held"
        )
        for seconds, what, state, now in follow(client, submitted):
            _show(console, seconds, what, state, _reason(now, what))
            order = now
    _made(console, order)
    return order_id


def _lead(client: httpx.Client, order: dict[str, Any]) -> Iterator[tuple[float, str, str, dict[str, Any]]]:
    yield 0.0, "step", order["step"]["name"], order


def _reason(order: dict[str, Any], what: str) -> str:
    return next((action["reason"] for action in order["actions"] if action["name"] == what), "")


def _show(console: Console, seconds: float, what: str, state: str, reason: str = "") -> None:
    if what == "step":
        console.print(f"  {seconds:7.3f} s  [bold cyan]{state}[/]")
        return
    colour = {"done": "green", "failed": "red", "waiting": "yellow"}.get(state, "white")
    console.print(f"  {seconds:7.3f} s    {what:<18} [{colour}]{state:<8}[/] {reason}")


def _made(console: Console, order: dict[str, Any]) -> None:
    """What the order made, as its checklist has it."""
    table = Table(title=f"Order {order['order_id']} is in {order['step']['name']}", title_justify="left")
    table.add_column("made by")
    table.add_column("what")
    for action in order["actions"]:
        facts = ", ".join(f"{name} {_text(value)}" for name, value in action["result"].items())
        table.add_row(action["name"], facts)
    console.print(table)


def _text(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
