"""Sends an order to the API as any HTTP client would, and shows in the terminal what becomes of it."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from infra.local.stack import LocalStack
from lambdas.orders.model.money import format_cents
from lambdas.records.clients.client import ClientRecords
from lambdas.records.clients.service import ServiceRecords
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.table import RecordTable

GIVE_UP_SECONDS = 60
_POLL_SECONDS = 0.02

NEW_CLIENT: dict[str, Any] = {
    "first": "Ada",
    "last": "Lovelace",
    "company": "Analytical Engines Ltd",
    "email": "ada@analytical-engines.example",
    "address": "12 St James's Square",
    "city": "London",
    "zip": "SW1Y 4JH",
    "country": "GB",
    "phone": "+44 20 7946 0018",
}
CARD: dict[str, Any] = {
    "payment_type": "cc",
    "cc_token": "tok_approve",
    "cc_type": "Visa",
    "cc_num": "4242",
    "cc_expire": "1230",
}
NEW_CLIENT_ORDER: dict[str, Any] = {
    "order_queue_id": 1,
    "info": {
        **NEW_CLIENT,
        **CARD,
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


def client_of(stack: LocalStack, person: str = "") -> httpx.Client:
    """As the first user, or as one of the stack's other people."""
    user, token = stack.people[person] if person else (stack.user, stack.token)
    return httpx.Client(base_url=stack.api_url, auth=(user, token), timeout=30)


def call(client: httpx.Client, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """One call of the API; a refusal is raised with the words the API gave."""
    answer = client.post(f"/{method}", json=parameters)
    if answer.is_error:
        raise RuntimeError(f"{method} was refused: {answer.json().get('detail', answer.text)}")
    return dict(answer.json())


def follow(client: httpx.Client, order: dict[str, Any]) -> Iterator[tuple[float, str, str, dict[str, Any]]]:
    """The changes of the order until it is in a final step: (seconds from now, subject, new state, the order)."""
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


def play(stack: LocalStack, console: Console) -> dict[str, Any]:
    """A new client's order from lead to Complete; returns it."""
    with client_of(stack) as client:
        order = call(client, "order.create", NEW_CLIENT_ORDER)
        order_id = str(order["order_id"])
        console.print(
            f"\n[bold]POST /order.create[/]  -> order [bold]{order_id}[/], {order['total']} {order['currency']}"
        )
        _show(console, 0.0, "step", order["step"]["name"])
        submitted = call(client, "order.submit", {"order_id": order_id})
        console.print(
            f"[bold]POST /order.submit[/]  -> card pre-authorised, {submitted['total']} {order['currency']} held"
        )
        for seconds, what, state, now in follow(client, submitted):
            _show(console, seconds, what, state, _reason(now, what))
            order = now
    return order


def _reason(order: dict[str, Any], what: str) -> str:
    return next((action["reason"] for action in order["actions"] if action["name"] == what), "")


def _show(console: Console, seconds: float, what: str, state: str, reason: str = "") -> None:
    if what == "step":
        console.print(f"  {seconds:7.3f} s  [bold cyan]{state}[/]")
        return
    colour = {"done": "green", "failed": "red", "waiting": "yellow"}.get(state, "white")
    console.print(f"  {seconds:7.3f} s    {what:<18} [{colour}]{state:<8}[/] {reason}")


def show_made(console: Console, order: dict[str, Any], records: RecordTable) -> None:
    """The records that the order created."""
    table = Table(
        title=f"Order {order['order_id']} is in {order['step']['name']}", title_justify="left", show_header=False
    )
    client = ClientRecords(records).get(str(order["client_id"]))
    if client:
        table.add_row("client", f"{client.client_id}  {client.first} {client.last}, {client.company}")
        method = ClientRecords(records).payment_method(client.client_id, order["order_id"])
        if method:
            table.add_row("payment method", f"{method.brand} ending in {method.last_four}, expires {method.expiry}")
        for service in ServiceRecords(records).of_order(client.client_id, order["order_id"]):
            table.add_row(
                "service", f"{service.service_id}  {service.title}, {service.status.value}  {service.description}"
            )
    invoice = InvoiceRecords(records).of_order(order["order_id"])
    if invoice:
        money = invoice.currency
        lines = "\n".join(f"{format_cents(line.amount_cents, money):>10}  {line.description}" for line in invoice.lines)
        total = f"{format_cents(invoice.total_cents, money):>10}  {money}, {invoice.status.value}"
        table.add_row(f"invoice {invoice.number}", f"{lines}\n{total}")
    console.print(table)
