"""Tables of orders, work, previews and runs. Every value is a stranger's text: no markup of rich, no escapes of terminals."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

Values = Mapping[str, Any]


def plain(value: object) -> Text:
    """The value as it is, with a sign in place of each character that a terminal would obey."""
    text = "" if value is None else str(value)
    return Text("".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text))


def as_json(console: Console, content: object) -> None:
    """Print the API's answer for programs: ASCII, so that nothing in it reaches a terminal."""
    console.print(json.dumps(content, indent=2), markup=False, highlight=False, soft_wrap=True, emoji=False)


def line(console: Console, text: str) -> None:
    console.print(plain(text), soft_wrap=True)


def table(console: Console, *columns: str, rows: Iterable[Iterable[object]]) -> None:
    shown = Table(*columns)
    for row in rows:
        shown.add_row(*map(plain, row))
    console.print(shown)


def orders(console: Console, found: Iterable[Values]) -> None:
    rows = (
        (
            order["order_id"],
            order["order_queue_id"],
            order["step"]["name"],
            order.get("listed_company"),
            order["total"],
            order["currency"],
            ", ".join(wait["for"] for wait in order["waits"]),
        )
        for order in found
    )
    table(console, "order", "queue", "step", "for", "total", "", "waits for", rows=rows)


def order(console: Console, found: Values) -> None:
    orders(console, [found])
    rows = (
        (action["order_action_id"], action["name"], action["state"], action["by"], action["at"], action["reason"])
        for action in found["actions"]
    )
    table(console, "id", "action", "state", "by", "at", "reason", rows=rows)
    by, how = found.get("changed_by"), found.get("changed_how")
    line(console, f"revision {found['revision']}" + (f", last changed by {by} ({how})" if by else ""))


def work(console: Console, found: Iterable[Values]) -> None:
    columns = ("order_id", "order_queue_id", "wait", "kind", "team", "assigned_to", "due_at", "reason")
    rows = ([each.get(column) for column in columns] for each in found)
    table(console, "order", "queue", "wait", "kind", "team", "with", "due", "reason", rows=rows)


def preview(console: Console, found: Values) -> None:
    effects(console, found)
    line(console, found["summary"])


def effects(console: Console, found: Values) -> None:
    rows = (
        (
            each["orders"],
            each["does"],
            each["money"],
            ", ".join(f"{of['amount']} {of['currency']}" for of in each["sums"]),
        )
        for each in found["effects"]
    )
    table(console, "orders", "what is done", "money", "sum", rows=rows)
    if found["refusals"]:
        refused = (
            (each["orders"], each["kind"], each["reason"], " ".join(each["order_ids"])) for each in found["refusals"]
        )
        table(console, "refused", "kind", "why", "orders", rows=refused)


def run(console: Console, found: Values) -> None:
    counts = ("orders", "done", "changed", "refused", "failed", "left")
    table(
        console,
        "run",
        "state",
        *counts,
        rows=[(found["bulk_run_id"], found["state"], *(found[each] for each in counts))],
    )
    outcomes = found.get("outcomes", [])
    if outcomes:
        rows = ((each["order_id"], each["outcome"], each["text"]) for each in outcomes)
        table(console, "order", "outcome", "what happened", rows=rows)
