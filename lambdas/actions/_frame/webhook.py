"""Makes one signed call to an external program: checks its address, signs and sends the call. webhook_answer.py reads the answer.

The receiver checks `X-Order-Signature: t=<Unix seconds>,v1=<HMAC-SHA256 of "<t>.<body>" with the stage's secret, hexadecimal>`
and refuses an old `t`. It knows a repeated call by its `Idempotency-Key`, so calling again after no answer is safe.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from lambdas.actions._frame.module import PermanentError, TransientError
from lambdas.runtime.settings import Settings

MAX_ANSWER_BYTES = 64_000
NAMED_BASE = re.compile(r"^\{([a-z][a-z0-9_]*)\}(?=/|\Z)")
_NO_ANSWER = "the receiver could not be reached or did not answer"
_LOOPBACK = "127.0.0.1"


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
            f" the stage's file {settings.stage}.toml, deploy, and process this action again"
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
            f" the stage's file {settings.stage}.toml, deploy, and process this action again"
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
    status, reply = _within(timeout_seconds, lambda: _ask(url, body, headers, timeout_seconds))
    return status, _read(reply)


def _within(seconds: int, ask: Callable[[], tuple[int, bytes]]) -> tuple[int, bytes]:
    """The answer, or TransientError if it takes longer."""
    outcome: SimpleQueue[tuple[int, bytes] | Exception] = SimpleQueue()

    def run() -> None:
        try:
            outcome.put(ask())
        except Exception as error:  # noqa: BLE001 - raised again where it is waited for
            outcome.put(error)

    Thread(target=run, daemon=True).start()
    try:
        found = outcome.get(timeout=seconds)
    except Empty:
        raise TransientError(_NO_ANSWER) from None
    if isinstance(found, Exception):
        raise found
    return found


def _ask(url: str, body: bytes, headers: dict[str, str], timeout_seconds: int) -> tuple[int, bytes]:
    """Make the call. urllib3 applies its timeout to each piece that arrives, so `_within` bounds the whole."""
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


def _read(reply: bytes) -> Any:
    if len(reply) > MAX_ANSWER_BYTES:
        return None
    try:
        return json.loads(reply, parse_float=Decimal)
    except (ValueError, RecursionError):
        return None


def _as_json(value: object) -> object:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"cannot send a {type(value).__name__}")
