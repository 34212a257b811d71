"""The happy path against `localstripe`, a stand-in that others keep: what our own one promises is not our own reading alone.

It knows intents, holds, whole captures, refunds and declines. It keeps no idempotency keys and has no hosted pages; our own has
both.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from lambdas.payments.gateway import DeclinedError, TransactionState
from lambdas.payments.stripe.calls import PROVIDER, StripeCalls
from lambdas.payments.stripe.gateway import StripeGateway
from lambdas.payments.stripe.intents import Intents
from lambdas.records.table import RecordTable
from lambdas.runtime.provider_keys import Keys
from tests.stand_ins.conftest import Clock
from tests.stand_ins.stripe_gateway import ARN, KEY, SecretStore

_SECRET = "sk_test_localstripe"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """localstripe in a process of its own, at a free port that it tells."""
    command = [sys.executable, "-c", _SERVER]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            assert process.stdout is not None
            yield next(found[0] for line in process.stdout if (found := re.search(r"http://127\.0\.0\.1:\d+", line)))
        finally:
            process.kill()


# What Stripe always tells of an intent and a charge, and localstripe does not.
_SERVER = """
import socket
from aiohttp import web
from localstripe.resources import Charge, PaymentIntent
PaymentIntent.payment_method_types = property(lambda intent: ["card"])
PaymentIntent.amount_received = property(lambda intent: intent.latest_charge.amount_captured if intent.latest_charge else 0)
Charge.amount_captured = property(lambda charge: charge.amount if charge.captured else 0)
from localstripe.server import app
listening = socket.create_server(("127.0.0.1", 0))
print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
web.run_app(app, sock=listening, print=None, access_log=None)
"""


@dataclass
class Account:
    address: str
    gateway: StripeGateway

    def card(self, number: str) -> str:
        """Its token, saved for a customer, as the hosted page saves one."""
        card = {"number": number, "exp_month": "12", "exp_year": "2030", "cvc": "123"}
        typed = {"type": "card", **{f"card[{name}]": value for name, value in card.items()}}
        method, customer = self._post("payment_methods", typed)["id"], self._post("customers", {})["id"]
        return str(self._post(f"payment_methods/{method}/attach", {"customer": customer})["id"])

    def _post(self, path: str, typed: dict[str, str]) -> dict[str, Any]:
        answer = httpx.post(f"{self.address}/v1/{path}", data=typed, auth=(_SECRET, ""))
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found


@pytest.fixture
def account(address: str, records: RecordTable, clock: Clock) -> Account:
    keys = Keys({PROVIDER: ARN}, SecretStore(_SECRET), now=clock)
    return Account(address, StripeGateway(StripeCalls(keys, address), Intents(records), clock, (address,)))


def test_a_card_is_held_captured_and_refunded(account: Account) -> None:
    held = account.gateway.authorize(
        key=KEY, token=account.card("4242424242424242"), amount_cents=2_000, currency="USD", order_id="1001"
    )
    assert (held.state, held.amount_cents, held.currency) == (TransactionState.HELD, 2_000, "USD")
    payment = {"transaction_id": held.transaction_id, "currency": "USD"}

    taken = account.gateway.capture(key=f"{KEY}:capture", amount_cents=2_000, **payment)
    assert (taken.state, taken.amount_cents) == (TransactionState.CAPTURED, 2_000)
    part = account.gateway.refund(key=f"{KEY}:refund", amount_cents=500, **payment)
    assert (part.state, part.refunded_cents) == (TransactionState.PARTLY_REFUNDED, 500)
    rest = account.gateway.refund(key=f"{KEY}:refund:2", amount_cents=1_500, **payment)

    assert (rest.state, rest.refunded_cents) == (TransactionState.REFUNDED, 2_000)
    assert account.gateway.find(KEY) == rest


def test_a_hold_is_given_back(account: Account) -> None:
    held = account.gateway.authorize(
        key=KEY, token=account.card("4242424242424242"), amount_cents=2_000, currency="USD", order_id="1001"
    )

    voided = account.gateway.void(key=f"{KEY}:void", transaction_id=held.transaction_id)

    assert voided.state is TransactionState.VOIDED


def test_a_card_that_its_bank_declines(account: Account) -> None:
    with pytest.raises(DeclinedError):
        account.gateway.authorize(
            key=KEY, token=account.card("4000000000000341"), amount_cents=2_000, currency="USD", order_id="1001"
        )
