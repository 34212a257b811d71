"""Tables of orders, work, previews and runs. Every value is a stranger's text: no markup of rich, no escapes of terminals."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

Values = Mapping[str, Any]
_MOST_CHANGES, _LONGEST_VALUE = 8, 60


def plain(value: object) -> Text:
    """The value as it is, with a sign in place of each character that a terminal would obey."""
    text = "" if value is None else str(value)
    return Text("".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text))


def lines(values: Iterable[object]) -> Text:
    """Values, each on a line of its own."""
    return Text("\n").join(map(plain, values))


def as_json(console: Console, content: object) -> None:
    """Print the API's answer for programs: ASCII, so that nothing in it reaches a terminal."""
    console.print(json.dumps(content, indent=2), markup=False, highlight=False, soft_wrap=True, emoji=False)


def line(console: Console, text: str) -> None:
    console.print(plain(text), soft_wrap=True)


def table(console: Console, *columns: str, rows: Iterable[Iterable[object]]) -> None:
    shown = Table(*columns)
    for row in rows:
        shown.add_row(*(value if isinstance(value, Text) else plain(value) for value in row))
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


def worklist(console: Console, page: Values) -> None:
    """Print open work, and below it the broken promises, if there are any."""
    _work(console, page["work"])
    if broken := page["violations"]:
        rows = ([each[column] for column in ("place", "promise", "what", "mend", "first_day")] for each in broken)
        table(console, "place", "promise", "what is wrong", "how to fix it", "since", rows=rows)
    if page["more_violations"]:
        line(console, "there are more broken promises; the log of the nightly check has all of them")


def _work(console: Console, found: Iterable[Values]) -> None:
    columns = ("order_id", "order_queue_id", "wait", "kind", "team", "assigned_to", "due_at", "reason")
    rows = ([each.get(column) for column in columns] for each in found)
    table(console, "order", "queue", "wait", "kind", "team", "with", "due", "reason", rows=rows)


def history(console: Console, found: Values) -> None:
    """A line for each change, with what changed below each other."""
    rows = (
        (
            f"{entry['revision']}{_beside(entry)}",
            entry["at"],
            entry["by"] or entry["actor"],
            f"{entry['deed']}{_remarks(entry)}",
            "; ".join(entry["why"]),
            lines([*map(_change, entry["changes"][:_MOST_CHANGES]), *_more(entry["changes"])]),
        )
        for entry in found["entries"]
    )
    table(console, "rev", "at", "by", "what", "why", "changed", rows=rows)
    if found["recorded_revision"] < found["revision"]:
        behind = f"recorded up to revision {found['recorded_revision']} of {found['revision']} so far"
        line(console, f"{behind}; ask again in a moment")
    if found["next_cursor"]:
        line(console, f"more: --cursor {found['next_cursor']}")


def _beside(entry: Values) -> str:
    return f" {entry['beside']}" if entry["beside"] else ""


def _remarks(entry: Values) -> str:
    said = {"late": "recorded late", "gap": "changes before it are not recorded", "erased": "personal values erased"}
    remarks = [text for name, text in said.items() if entry[name]]
    return f" ({', '.join(remarks)})" if remarks else ""


def _change(change: Values) -> str:
    return f"{_short(change['label'])}: {_short(change['from'])} -> {_short(change['to'])}"


def _more(changes: list[Values]) -> list[str]:
    return [f"and {len(changes) - _MOST_CHANGES} more: --json"] if len(changes) > _MOST_CHANGES else []


def _short(value: object) -> str:
    text = "-" if value in (None, "") else str(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}\N{HORIZONTAL ELLIPSIS}"


def pauses(console: Console, found: Iterable[Values]) -> None:
    columns = ("kind", "name", "by", "since", "until", "reason", "over_at", "pause_id")
    rows = ([each.get(column) for column in columns] for each in found)
    table(console, "paused", "name", "by", "since", "until", "why", "over since", "pause", rows=rows)


def preview(console: Console, found: Values) -> None:
    effects(console, found)
    line(console, found["summary"])


def effects(console: Console, found: Values) -> None:
    rows = (
        (
            each["orders"],
            each["does"],
            each["money"],
            each["paused"],
            ", ".join(f"{of['amount']} {of['currency']}" for of in each["sums"]),
        )
        for each in found["effects"]
    )
    table(console, "orders", "what is done", "money", "waits because", "sum", rows=rows)
    if found["refusals"]:
        refused = (
            (each["orders"], each["kind"], each["reason"], " ".join(each["order_ids"])) for each in found["refusals"]
        )
        table(console, "refused", "kind", "why", "orders", rows=refused)


def runs(console: Console, found: Values) -> None:
    columns = ("bulk_run_id", "state", "verb", "user", "begun_at", "orders", "done", "left", "reason")
    rows = ([run[column] for column in columns] for run in found["bulk_runs"])
    table(console, "run", "state", "verb", "by", "begun", "orders", "done", "left", "reason", rows=rows)
    if found["next_cursor"]:
        line(console, f"older ones: --cursor {found['next_cursor']}")


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
