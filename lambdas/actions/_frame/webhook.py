"""Makes one signed call to an external program: checks its address, signs the call and reads the answer.

The receiver checks `X-Order-Signature: t=<Unix seconds>,v1=<HMAC-SHA256 of "<t>.<body>" with the stage's secret, hexadecimal>`
and refuses an old `t`. It knows a repeated call by its `Idempotency-Key`, so calling again after no answer is safe.

Longer than 200 lines, because the address, the signature and the answer of one call are one contract with its receiver.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from decimal import Decimal
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, NoReturn
from urllib.parse import urlsplit

from lambdas.actions._frame.module import Done, PermanentError, ThrottledError, TransientError, Waiting
from lambdas.orders.card_numbers.numbers import has_card_number
from lambdas.orders.contact.fields import CONTACT_FIELDS
from lambdas.orders.contact.text import shown_line
from lambdas.orders.model.order import Order
from lambdas.runtime.settings import Settings

MAX_ANSWER_BYTES = 64_000
_MAX_RESULTS, _LONGEST_RESULT, _LONGEST_REASON = 20, 200, 300
NAMED_BASE = re.compile(r"^\{([a-z][a-z0-9_]*)\}(?=/|\Z)")
_NO_ANSWER = "the receiver could not be reached or did not answer"
_LOOPBACK = "127.0.0.1"
_ADDRESS = re.compile(r"[^\s@<>\"]{1,64}@[^\s@<>\"]{1,255}")
_LONGEST_READ = 1_000  # Of a text that is cleaned. The kept part is shorter.


class WebhookSettings(Settings):
    """`webhook_bases`: JSON map of a name to an address, whose host may be called. `webhook_hosts`: the other hosts that may
    be, separated by commas."""

    stage: str
    webhook_bases: str = "{}"
    webhook_hosts: str = ""
    webhook_secret_arn: str

    @property
    def bases(self) -> dict[str, str]:
        return {str(name): str(base).rstrip("/") for name, base in json.loads(self.webhook_bases).items()}

    @property
    def allowed_hosts(self) -> set[str]:
        named = {host.strip().lower() for host in self.webhook_hosts.split(",") if host.strip()}
        return named | {host for base in self.bases.values() if (host := urlsplit(base).hostname)}


def address(url: str, settings: WebhookSettings) -> str:
    """`{panel}/accounts` with the stage's address for `panel`, so that a queue is the same on every stage."""
    named = NAMED_BASE.match(url)
    if named is None:
        return url
    base = settings.bases.get(named[1])
    if base is None:
        raise PermanentError(
            f"stage {settings.stage} has no address for {{{named[1]}}}; add it to webhook_bases in"
            f" infra/stages/{settings.stage}.toml, deploy, and process this action again"
        )
    return base + url[named.end() :]


def refuse_other_hosts(url: str, settings: WebhookSettings) -> None:
    """Raise PermanentError unless the address is HTTPS to an allowed host. A local stage may also call itself by HTTP."""
    parts = urlsplit(url)
    at_home = settings.stage == "local" and parts.hostname == _LOOPBACK and parts.scheme == "http"
    if parts.scheme != "https" and not at_home:
        raise PermanentError("the webhook's address must begin with https://; correct the queue for the orders to come")
    if parts.hostname not in settings.allowed_hosts:
        raise PermanentError(
            f"the host {parts.hostname} may not be called from stage {settings.stage}; add it to webhook_hosts in"
            f" infra/stages/{settings.stage}.toml, deploy, and process this action again"
        )


def signature(secret: str, timestamp: int, body: bytes) -> str:
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"


def post(
    url: str, content: Mapping[str, Any], *, key: str, secret: str, now: int, timeout_seconds: int
) -> tuple[int, Any]:
    """Send the content as JSON. Return the status and the answer's content, None if that is not JSON. Follow no redirects.

    `timeout_seconds` bounds the whole call, even if the receiver sends a byte from time to time.
    """
    body = json.dumps(content, separators=(",", ":"), default=_as_json).encode()
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": key,
        "User-Agent": "order-queues",
        "X-Order-Signature": signature(secret, now, body),
    }
    outcome: SimpleQueue[tuple[int, bytes] | Exception] = SimpleQueue()

    def ask() -> None:
        try:
            outcome.put(_ask(url, body, headers, timeout_seconds))
        except Exception as error:  # noqa: BLE001 - raised again where it is waited for
            outcome.put(error)

    Thread(target=ask, daemon=True).start()
    try:
        found = outcome.get(timeout=timeout_seconds)
    except Empty:
        raise TransientError(_NO_ANSWER) from None
    if isinstance(found, Exception):
        raise found
    status, reply = found
    return status, _read(reply)


def _ask(url: str, body: bytes, headers: dict[str, str], timeout_seconds: int) -> tuple[int, bytes]:
    """Make the call. urllib3 applies its timeout to each piece that arrives, so `post` bounds the whole."""
    import urllib3  # Comes with the Lambda runtime.

    pool = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(total=timeout_seconds))
    try:
        answer = pool.request("POST", url, body=body, headers=headers, redirect=False, preload_content=False)
        reply = answer.read(MAX_ANSWER_BYTES + 1)
        answer.close()
    except urllib3.exceptions.SSLError:
        raise PermanentError(
            "the receiver shows no certificate that can be trusted; correct it, then process this action again"
        ) from None
    except urllib3.exceptions.HTTPError:
        raise TransientError(_NO_ANSWER) from None
    return answer.status, reply


def outcome_of(status: int, reply: Any, order: Order) -> Done | Waiting:
    """The outcome that an answer with this status means (docs/reference/order-systems.md, P5)."""
    reason = _reason(reply, order)
    if status == 429:
        raise ThrottledError("the receiver asked for a pause")
    if status >= 500:
        raise TransientError(f"the receiver failed with status {status}")
    if not 200 <= status < 300:
        raise PermanentError(
            f"the receiver refused with status {status}{reason}; settle it there, then process this action again"
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
        raise PermanentError(f"the receiver could not do it{reason}; settle it there, then process this action again")
    return None


def _refuse_answer() -> NoReturn:
    raise PermanentError(
        'the receiver answered something else than JSON with a status of "done", "wait" or "failed"; correct it, then process'
        " this action again"
    )


def _read(reply: bytes) -> Any:
    if len(reply) > MAX_ANSWER_BYTES:
        return None
    try:
        return json.loads(reply, parse_float=Decimal)
    except (ValueError, RecursionError):
        return None


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


def _as_json(value: object) -> object:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"cannot send a {type(value).__name__}")
