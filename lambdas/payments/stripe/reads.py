"""Reads intents and payment methods. A read moves nothing, so a failed one can be repeated."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from lambdas.payments.gateway import GatewayUnavailableError, OutcomeUnknownError
from lambdas.payments.stripe.calls import StripeCalls
from lambdas.payments.stripe.transactions import EXPANDED, Intent

if TYPE_CHECKING:
    from stripe import StripeClient

PAGE = 100  # Stripe's largest


@dataclass(frozen=True)
class Reads:
    """Each read raises GatewayUnavailableError if it gets no answer, and UnknownObjectError."""

    calls: StripeCalls

    def read(self, intent: str) -> Intent:
        return self._ask(lambda client: client.v1.payment_intents.retrieve(intent, {"expand": EXPANDED}))

    def read_after_call(self, intent: str) -> Intent:
        """As `read`, of an intent that an earlier call may have moved. Raises OutcomeUnknownError if it gets no answer."""
        try:
            return self.read(intent)
        except GatewayUnavailableError as unavailable:
            raise OutcomeUnknownError(str(unavailable)) from None

    def read_method(self, token: str) -> Intent:
        return self._ask(lambda client: client.v1.payment_methods.retrieve(token))

    def list_of_day(self, day: str) -> Iterator[Intent]:
        """The intents that were created on the day (YYYY-MM-DD, UTC). Lists know them at once; Stripe's search does not."""
        begins = int(datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC).timestamp())
        asked: Any = {
            "created": {"gte": begins, "lt": begins + 86_400},
            "expand": [f"data.{each}" for each in EXPANDED],
            "limit": PAGE,
        }
        return self._pages(asked, lambda client: client.v1.payment_intents.list(asked))

    def list_refunds(self, intent: str) -> Iterator[Intent]:
        asked: Any = {"payment_intent": intent, "limit": PAGE}
        return self._pages(asked, lambda client: client.v1.refunds.list(asked))

    def list_disputes(self, intent: str) -> Iterator[Intent]:
        """The latest one first."""
        asked: Any = {"payment_intent": intent, "limit": PAGE}
        return self._pages(asked, lambda client: client.v1.disputes.list(asked))

    def _pages(self, asked: Any, work: "Callable[[StripeClient], Any]") -> Iterator[Intent]:
        while True:
            page = self._ask(work)
            yield from page["data"]
            if not page["has_more"]:
                return
            asked["starting_after"] = page["data"][-1]["id"]

    def _ask(self, work: "Callable[[StripeClient], Any]") -> Intent:
        try:
            return self.calls.ask(work)
        except OutcomeUnknownError as unknown:
            raise GatewayUnavailableError(str(unknown)) from None
