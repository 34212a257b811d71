"""The texts of notices to staff: a mail, a message in the shape of Slack, a line of a digest. Pure.

They hold numbers, the names of queue, step, action and team, times, and a link to the desk. Nothing that a client or a program
outside wrote is in them: who may see that, sees it on the desk.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from lambdas.notices.staff.happened import Happened
from lambdas.orders.contact.text import shown_line
from lambdas.orders.model.notify import NoticeEvent

_LONGEST_NAME, _LONGEST_SUBJECT = 80, 200
_LONGEST_SNS_SUBJECT = 100  # https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
PRIORITIES = ("low", "normal", "high", "urgent")
_Title = Callable[[Happened], str]


def title(happened: Happened) -> str:
    """One line that says what happened."""
    return _TITLES[happened.event](happened)


def subject(happened: Happened) -> str:
    return f"[{_name(happened.queue)}] {title(happened)}"[:_LONGEST_SUBJECT]


def body(happened: Happened, url: str) -> str:
    """The text of a mail or an SNS message. `url`: of the order on the desk."""
    facts = "\n".join(f"{name}: {value}" for name, value in _facts(happened))
    return "\n\n".join(part for part in (title(happened), facts, _to_do(happened), url) if part) + "\n"


def sns_subject(happened: Happened) -> str:
    """SNS takes ASCII on one line, beginning with a letter, digit or punctuation."""
    return title(happened).encode("ascii", "replace").decode()[:_LONGEST_SNS_SUBJECT]


def line(happened: Happened) -> str:
    """The line of a digest, without its time."""
    return f"{title(happened)} ({_name(happened.queue)})"


def slack_message(happened: Happened, url: str) -> dict[str, Any]:
    """Text with blocks, as Slack's incoming webhooks take them: https://docs.slack.dev/messaging/formatting-message-text."""
    link = f"<{url}|Order {happened.order_id} on the desk>"
    facts = [f"*{name}:* {slack_escaped(value)}" for name, value in _facts(happened)]
    return {
        "text": slack_escaped(subject(happened)),
        "blocks": [
            {"type": "section", "text": _markdown(f"*{slack_escaped(title(happened))}*\n{link}")},
            {"type": "context", "elements": [_markdown(fact) for fact in facts]},
        ],
        "event": happened.event,
        "event_id": happened.event_id,
        "order_id": happened.order_id,
        "order_queue_id": happened.order_queue_id,
        "step": happened.step,
        "action": happened.action,
        "team": happened.team,
        "url": url,
    }


# Slack's markup knows mentions and links by these: https://docs.slack.dev/messaging/formatting-message-text.
_SLACK = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def _markdown(text: str) -> dict[str, Any]:
    """`verbatim`: Slack makes no links and mentions but those that are marked as such."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def slack_escaped(text: str) -> str:
    return text.translate(_SLACK)


def digest(team: str, lines: Sequence[tuple[int, str, str]], more: int, desk_url: str) -> tuple[str, str]:
    """Subject and text of a digest. `lines`: time, line and address of each notice. `more`: how many are left out."""
    count = len(lines) + more
    what = "1 notice" if count == 1 else f"{count} notices"
    told = "\n".join(f"{_time(at)}  {text}\n    {url}" for at, text, url in sorted(lines))
    rest = f"and {more} more: {desk_url}" if more else ""
    return f"{what} for {_name(team)}", "\n\n".join(filter(None, (f"{what} since the last mail:", told, rest))) + "\n"


def _facts(happened: Happened) -> list[tuple[str, str]]:
    facts = [
        ("Queue", _name(happened.queue)),
        ("Step", _name(happened.step)),
        ("Action", _name(happened.action)),
        ("Team", _name(happened.team)),
        ("Due", _time(happened.due_at) if happened.due_at else ""),
        ("Runs", str(happened.attempts) if happened.attempts > 1 else ""),
        ("Priority", PRIORITIES[happened.priority] if happened.priority != 1 else ""),
    ]
    return [(name, value) for name, value in facts if value]


_MONEY = {
    "dispute": "its payment is disputed at the payer's bank",
    "refund": "its payment was refunded at the payment provider",
}


def _waits(happened: Happened) -> str:
    if happened.about == "review":
        return f"Order {happened.order_id} waits for a review before it is submitted"
    if happened.about == "hold":
        return f"Order {happened.order_id}: the money held for {_name(happened.action)} lapses"
    if happened.about in _MONEY:
        return f"Order {happened.order_id}: {_MONEY[happened.about]}"
    return f"Order {happened.order_id} waits for {_name(happened.team)}: {_name(happened.action)}"


def _is_overdue(happened: Happened) -> str:
    still = "still " if happened.reminder else ""
    what = f": {_undone(happened)}{_name(happened.action)}" if happened.action else ""
    what = f": {_MONEY[happened.about]}" if happened.about in _MONEY else what
    return f"Order {happened.order_id} is {still}overdue{what}"


def _undone(happened: Happened) -> str:
    return {"undo": "undo of ", "hold": "money held for "}.get(happened.about, "")


_TITLES: Mapping[NoticeEvent, _Title] = {
    "new order": lambda happened: f"New order {happened.order_id}",
    "step entered": lambda happened: f"Order {happened.order_id} is in {_name(happened.step)}",
    "waiting": _waits,
    "overdue": _is_overdue,
    "failed": lambda happened: f"Order {happened.order_id}: {_undone(happened)}{_name(happened.action)} failed",
    "stopped": lambda happened: f"Order {happened.order_id} has no execution and stands still",
    "skipped": lambda happened: f"Order {happened.order_id}: {_name(happened.action)} was skipped",
    "reply": lambda happened: f"The client of order {happened.order_id} wrote",
    "completed": lambda happened: f"Order {happened.order_id} is complete",
    "canceled": lambda happened: f"Order {happened.order_id} was canceled",
}
_TO_DO: Mapping[NoticeEvent, str] = {
    "waiting": "The order continues once somebody processes or skips the action.",
    "overdue": "Nobody acted in time. The order continues once somebody processes or skips the action.",
    "failed": "The desk shows why. Fix it and process the action again, or skip it.",
    "stopped": "Restart it on the desk, or see docs/operating.md.",
    "reply": "Answer on the desk.",
}


def _to_do(happened: Happened) -> str:
    if happened.about == "hold":
        return "The desk shows why, and what can be done before the money lapses or after that."
    if happened.about in _MONEY:
        return "The desk shows why, and what can be done."
    return _TO_DO.get(happened.event, "")


def _name(text: str) -> str:
    """A name on one line: it may stand in a header."""
    return shown_line(text)[:_LONGEST_NAME]


def _time(at: int) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC"
