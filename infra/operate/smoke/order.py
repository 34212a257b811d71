"""One order from lead to Complete; where the stage takes real money, a lead that is canceled."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from infra.operate.smoke.findings import Finding, Verdict

ABOUT = "one order"
QUEUE = "new_accounts"
GIVE_UP_SECONDS = 180  # each function starts for the first time
_POLL_SECONDS = 0.5
_CARD = {"payment_type": "cc", "cc_token": "tok_approve", "cc_type": "Visa", "cc_num": "4242", "cc_expire": "1230"}


class RefusedError(RuntimeError):
    """A call of the API was refused; the message says which, and why."""


def ask_order(
    http: httpx.Client, order_queue_id: int, *, submits: bool, give_up_seconds: float = GIVE_UP_SECONDS
) -> Iterator[Finding]:
    """`http`: with a login. `submits`: money is play money, and the order goes all the way. No other order is touched."""
    try:
        order = _call(http, "order.create", {"order_queue_id": order_queue_id, "info": _info(submits=submits)})
    except RefusedError as error:
        yield Finding(ABOUT, Verdict.WRONG, str(error))
        return
    order_id = str(order["order_id"])
    try:
        if submits:
            _call(http, "order.submit", {"order_id": order_id})
            order = _until_final(http, order_id, give_up_seconds)
            if order["step"]["status"] == "complete":
                yield Finding(ABOUT, Verdict.RIGHT, f"order {order_id} of Smoke Test came to {order['step']['name']}")
                return
            yield Finding(ABOUT, Verdict.WRONG, f"order {order_id} after {give_up_seconds:.0f} s: {_where(order)}")
    except RefusedError as error:
        yield Finding(ABOUT, Verdict.WRONG, f"order {order_id}: {error}")
    yield _canceled(http, order_id)


def _canceled(http: httpx.Client, order_id: str) -> Finding:
    try:
        canceled = _call(http, "order.cancel", {"order_id": order_id})
    except RefusedError as error:
        return Finding(ABOUT, Verdict.WRONG, f"order {order_id} is left: {error}")
    return Finding(ABOUT, Verdict.RIGHT, f"order {order_id} of Smoke Test was made and is {canceled['step']['name']}")


def _info(*, submits: bool) -> dict[str, Any]:
    """SES's own mailbox takes the mails, in its sandbox too:
    https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html
    """
    mailbox = f"success+smoke-{time.time_ns()}@simulator.amazonses.com"
    person = {"first": "Smoke", "last": "Test", "email": mailbox, "country": "GB"}
    return {**person, **_CARD, "pack1": {"plan_id": "1"}} if submits else person


def _until_final(http: httpx.Client, order_id: str, give_up_seconds: float) -> dict[str, Any]:
    """The order, wherever it stands after that time."""
    deadline = time.monotonic() + give_up_seconds
    while True:
        order = _call(http, "order.get", {"order_id": order_id})
        if order["step"]["status"] in ("complete", "canceled") or time.monotonic() > deadline:
            return order
        time.sleep(_POLL_SECONDS)


def _where(order: Mapping[str, Any]) -> str:
    actions = [
        f"{action['name']} is {action['state']}{': ' if action['reason'] else ''}{action['reason']}"
        for action in order["actions"]
        if action["state"] in ("failed", "waiting", "running")
    ]
    return "; ".join([f"in {order['step']['name']}", *actions])


def _call(http: httpx.Client, method: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    answer = http.post(f"/{method}", json=dict(parameters))
    try:
        stated = answer.json()
    except ValueError:
        stated = {}
    if answer.is_error:
        raise RefusedError(f"{method}: {answer.status_code} {stated.get('detail', 'without a reason')}")
    return dict(stated)
