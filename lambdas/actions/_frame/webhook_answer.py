"""Reads what an external program says of an action: in its answer to a call (webhook.py), or later in order.process.

Of its texts and results only what is short, and tells of no person, is kept.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NoReturn

from lambdas.actions._frame.module import Done, PermanentError, ThrottledError, TransientError, Waiting
from lambdas.orders.card_numbers.numbers import has_card_number
from lambdas.orders.contact.fields import CONTACT_FIELDS
from lambdas.orders.contact.text import shown_line
from lambdas.orders.model.order import Order

_MAX_RESULTS, _LONGEST_RESULT, _LONGEST_REASON = 20, 200, 300
_ADDRESS = re.compile(r"[^\s@<>\"]{1,64}@[^\s@<>\"]{1,255}")
_LONG_SECRET = 6  # characters
_LONGEST_READ = 1_000  # Of a text that is cleaned. The kept part is shorter.


def outcome_of(status: int, reply: Any, order: Order) -> Done | Waiting:
    """The outcome that an answer with this status means (docs/reference/order-systems.md, P5)."""
    reason = _reason(reply, order)
    if status == 429:
        raise ThrottledError("the receiver asked for a pause")
    if status >= 500:
        raise TransientError(f"the receiver failed with status {status}")
    if not 200 <= status < 300:
        raise PermanentError(
            f"the receiver refused with status {status}{reason}; resolve it there, then process this action again"
        )
    outcome = stated_outcome(reply, order)
    if outcome is None and status == 202:
        return Waiting("the receiver is at work and will answer with order.process")
    if outcome is None:
        _refuse_answer()
    return outcome


def stated_outcome(reply: Any, order: Order) -> Done | Waiting | None:
    """The outcome of `{"status": "done" | "wait" | "failed"}`, in an answer or in order.process; None if it is neither."""
    word = reply.get("status") if isinstance(reply, Mapping) else None
    reason = _reason(reply, order)
    if word == "done":
        return Done(f"done by the receiver{reason}", _results(reply.get("result"), order))
    if word == "wait":
        return Waiting(f"the receiver is at work{reason}")
    if word == "failed":
        raise PermanentError(f"the receiver could not do it{reason}; resolve it there, then process this action again")
    return None


def without_secrets(reply: Any, secrets: Sequence[str]) -> Any:
    """The answer, without secrets in what is kept of it. The rest says what became of the work, whatever a secret may spell."""
    if not isinstance(reply, Mapping):
        return reply
    kept = {name: _hidden(reply[name], secrets) for name in ("reason", "result") if name in reply}
    return {**reply, **kept}


def _hidden(value: Any, secrets: Sequence[str]) -> Any:
    match value:
        case str():
            for secret in secrets:
                value = re.sub(_as_stated(secret), "…", value)
            return value
        case Mapping():
            return {_hidden(key, secrets): _hidden(each, secrets) for key, each in value.items()}
        case int() | Decimal():
            return "…" if str(value) in secrets else value
    return value


def _as_stated(secret: str) -> str:
    """A short one counts as a whole word alone: letters of it are everywhere."""
    whole = re.escape(secret)
    return whole if len(secret) >= _LONG_SECRET else rf"(?<!\w){whole}(?!\w)"


def _refuse_answer() -> NoReturn:
    raise PermanentError(
        'the receiver answered something else than JSON with a status of "done", "wait" or "failed"; correct it, then process'
        " this action again"
    )


def _reason(reply: Any, order: Order) -> str:
    reason = reply.get("reason") if isinstance(reply, Mapping) else None
    return f": {_clean(reason, order)[:_LONGEST_REASON]}" if isinstance(reason, str) and reason.strip() else ""


def _results(results: Any, order: Order) -> dict[str, Any]:
    """The part of the receiver's result that is kept: a few short plain values, none of them about a person."""
    if not isinstance(results, Mapping):
        return {}
    plain = {_clean(str(key), order): value for key, value in results.items() if isinstance(value, str | int | Decimal)}
    kept = list(plain.items())[:_MAX_RESULTS]
    return {key[:_LONGEST_RESULT]: _short(value, order) for key, value in kept if key}


def _short(value: str | int | Decimal, order: Order) -> str | int:
    if isinstance(value, int) and abs(value) < 10**15 and not has_card_number(str(value)):
        return value
    return _clean(str(value), order)[:_LONGEST_RESULT]


def _clean(text: str, order: Order) -> str:
    """The text on one line, without contact data of the order, card numbers or e-mail addresses."""
    if has_card_number(text):
        return "[card number]"
    text = text[:_LONGEST_READ]
    text = _ADDRESS.sub("[address]", shown_line(text))
    personal = {str(order.info.get(name) or "").strip() for name in (*CONTACT_FIELDS, "uber_login", "ip_address")}
    for value in sorted((value for value in personal if len(value) > 2), key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", "[personal]", text, flags=re.IGNORECASE)
    return " ".join(text.split())
