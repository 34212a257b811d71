"""The lives of a crowd's orders. Chance decides about each: who is declined, who cancels when, and what comes from outside."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

from lambdas.orders.model.steps import StepStatus
from lambdas.payments.gateway import DeclinedError, Transaction, TransactionState
from lambdas.payments.sandbox import PROOF
from tests.flow.conftest import Shop, new_client_order, until
from tests.flow.money.provider import Provider, new_event_id
from tests.flow.server_orders import QUEUE, SERVER

TOLD = ("payment_intent.created", "payment_intent.amount_capturable_updated", "payment_intent.succeeded")
CARDS = ("tok_approve", "tok_times_out", "paypal_captured", "tok_decline", "tok_insufficient_funds", "tok_sca")
_AT_ONCE = 16
_TRIES = 200
_WHOLE_SECONDS = 600.0


@dataclass(frozen=True)
class Crowd:
    """`told`: the ids of all events that were sent."""

    shop: Shop
    provider: Provider
    told: list[str] = field(default_factory=list)

    def live(self, count: int, seed: int) -> list[str]:
        """Have so many orders live at once, until all have ended or stay leads. Return their ids."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            orders = list(pool.map(lambda number: self._live(Random(f"{seed}:{number}")), range(count)))
            list(pool.map(self._applied, self.told))  # a late one still completes a submit
            list(pool.map(self._ended, orders))
        return orders

    def _live(self, chance: Random) -> str:
        token = chance.choice(CARDS)
        order_id = self._created(chance, token)
        if chance.random() < 0.1:
            self._cancel(order_id)
        answer = self._submit(order_id)
        acts: list[Callable[[], object]] = [lambda: self._tell(order_id, chance) for _ in range(chance.randint(0, 2))]
        if answer == "payment_refused" and chance.random() < 0.7:
            acts.append(lambda: self._pay_otherwise(order_id))
        elif answer == "authentication_required":
            acts.append(lambda: self._prove(order_id))
        if chance.random() < 0.4:
            acts.append(lambda: self._cancel(order_id))
        chance.shuffle(acts)
        for act in acts:
            act()
        self._tell(order_id, chance)
        return order_id

    def _created(self, chance: Random, token: str) -> str:
        """A hosting order, or one in five times a server, which waits for people after its submit."""
        paid = {"payment_type": "paypal", "paypal_token": token} if token.startswith("paypal") else {"cc_token": token}
        order = new_client_order(**paid)
        if token.startswith("paypal"):
            order["info"] = {key: value for key, value in order["info"].items() if not key.startswith("cc_")}
        if chance.random() < 0.2:
            order = {"order_queue_id": QUEUE, "info": {**order["info"], "pack1": SERVER}}
        return str(self.shop.done("order.create", order)["order_id"])

    def _submit(self, order_id: str) -> str:
        """The kind of the refusal; empty if it was submitted, or is canceled."""
        for _ in range(_TRIES):
            answer = self.shop.call("order.submit", {"order_id": order_id, "return_to": "https://shop.example/back"})
            kind = "" if answer.is_success else str(answer.json()["type"]).rpartition(":")[2]
            if kind in ("payment_refused", "authentication_required") or not kind or self._is_final(order_id):
                return kind
        raise AssertionError(f"order {order_id} is not submitted: {answer.text}")

    def _pay_otherwise(self, order_id: str) -> None:
        self.shop.call("order.update", {"order_id": order_id, "info": {"cc_token": "tok_approve"}})
        self._submit(order_id)

    def _prove(self, order_id: str) -> None:
        """The holder proves themselves and never comes back: a webhook alone completes the submit."""
        for payment in self._payments(order_id):
            if payment.challenge and payment.state is TransactionState.NEEDS_AUTHENTICATION:
                proof: dict[str, Any] = {"challenge_id": payment.challenge.challenge_id, "proof": PROOF}
                with suppress(DeclinedError):  # a cancel released it meanwhile
                    self.shop.gateway.authenticate(
                        key=f"{payment.key}:page", transaction_id=payment.transaction_id, proof=proof
                    )

    def _cancel(self, order_id: str) -> None:
        """Until it is canceled, or is complete and cannot be."""
        for _ in range(_TRIES):
            self.shop.call("order.cancel", {"order_id": order_id, "reason": "changed their mind"})
            if self._is_final(order_id):
                return
        raise AssertionError(f"order {order_id} is not canceled")

    def _tell(self, order_id: str, chance: Random) -> None:
        """Every event that there may be of the order's payments, in any order, some twice."""
        told = [(payment.transaction_id, kind) for payment in self._payments(order_id) for kind in TOLD]
        for about, kind in chance.sample(told * 2, k=len(told)):
            event_id = new_event_id()
            self.provider.tell(about, kind, event_id=event_id).raise_for_status()
            self.told.append(event_id)

    def _payments(self, order_id: str) -> list[Transaction]:
        found = (self.shop.gateway.find(self.shop.hold_key(order_id, attempt)) for attempt in (1, 2, 3))
        return [payment for payment in found if payment]

    def _is_final(self, order_id: str) -> bool:
        return self.shop.order(order_id)["step"]["status"] in ("complete", "canceled")

    def _waits_for_staff(self, order_id: str) -> bool:
        order = self.shop._row(order_id)
        return order.order_queue_id == QUEUE and not order.is_lead and not order.is_final

    def _applied(self, event_id: str) -> None:
        def is_applied() -> bool | None:
            event = self.provider.stored(event_id)
            return (event is not None and event.applied_at is not None) or None

        until(f"event {event_id} applied", is_applied, _WHOLE_SECONDS)

    def _ended(self, order_id: str) -> None:
        """Until it is complete, canceled and unwound, or a lead that nobody pays for."""
        if self._waits_for_staff(order_id):  # of the servers, none is built
            self._cancel(order_id)
        order = until(f"order {order_id} ended or a lead", lambda: self._at_rest(order_id), _WHOLE_SECONDS)
        if order.submitted_at is not None and order.step_status is StepStatus.CANCELED:
            until(f"order {order_id} unwound", lambda: self.shop._row(order_id).unwound_at, _WHOLE_SECONDS)

    def _at_rest(self, order_id: str) -> Any:
        order = self.shop._row(order_id)
        return order if order.is_final or order.is_lead else None
