"""Serves the provider's pages. Logs only the page and the status of a request, never its content."""

import time
from collections.abc import Callable
from functools import cache
from http import HTTPStatus
from typing import Any

from lambdas.orders.model.money import Money
from lambdas.payments.gateway import TransactionState
from lambdas.payments.sandbox import PROOF, SandboxGateway
from lambdas.payments.sandbox_tokens import EnteredMethod, SandboxTokens
from lambdas.records.table import RecordTable
from lambdas.runtime.settings import Settings
from lambdas.runtime.telemetry import log_unexpected, logger
from lambdas.sandbox_provider.entries import Errors, Typed, read_account, read_card
from lambdas.sandbox_provider.test_numbers import ACCOUNTS, CARDS, ROUTING_NUMBER
from lambdas.sandbox_provider.web import Asked, Response, Shop, page, read, shop_of

CARD, BANK_ACCOUNT, CHALLENGE = "card", "bank_account", "challenge"
REFUSED = "proof_refused"
_Read = Callable[[Typed, SandboxTokens, int], EnteredMethod | Errors]
_READ: dict[str, _Read] = {CARD: read_card, BANK_ACCOUNT: read_account}
_NUMBERS = {CARD: CARDS, BANK_ACCOUNT: ACCOUNTS}


class ProviderSettings(Settings):
    record_table: str


class Provider:
    """The pages. `now` gives Unix seconds."""

    def __init__(self, records: RecordTable, now: Callable[[], float] = time.time) -> None:
        self._tokens = SandboxTokens(records)
        self._gateway = SandboxGateway(records.name, records.client, now)
        self._now = now

    def answer(self, asked: Asked) -> Response:
        match asked.method, asked.path:
            case "GET", ("sandbox", kind) if kind in _READ:
                shop = shop_of(asked)
                return _entry(kind, shop, {}, HTTPStatus.OK) if shop else _no_shop()
            case "POST", ("sandbox", kind) if kind in _READ:
                shop = shop_of(asked)
                return self._enter(kind, shop, asked.typed) if shop else _no_shop()
            case "GET" | "POST", ("sandbox", "challenge", challenge_id):
                return self._challenge(challenge_id, asked)
        return page(
            "message.html", HTTPStatus.NOT_FOUND, title="Nothing here", text="There is no page at this address."
        )

    def _enter(self, kind: str, shop: Shop, typed: Typed) -> Response:
        if "cancel" in typed:
            return shop.answered(canceled="1")
        method = _READ[kind](typed, self._tokens, int(self._now()))
        if not isinstance(method, EnteredMethod):
            return _entry(kind, shop, method, HTTPStatus.UNPROCESSABLE_ENTITY)
        self._tokens.keep(method)
        return shop.answered(**method.model_dump(include={"token", "brand", "last_four", "expiry"}))

    def _challenge(self, challenge_id: str, asked: Asked) -> Response:
        """The page of a challenge. A visitor who came from no form uses the API: the page shows them what to send."""
        shop, found = shop_of(asked), self._gateway.challenged(challenge_id)
        if found is None or found.challenge is None:
            text = "Nobody is asked to confirm a payment at this address. Look whether it was copied whole."
            return page("message.html", HTTPStatus.NOT_FOUND, title="Nothing to confirm", text=text)
        answers = {"approve": PROOF, "refuse": REFUSED}
        if asked.method == "POST" and (proof := answers.get(asked.typed.get("answer", ""))):
            if shop is None:
                return page("proof.html", challenge_id=challenge_id, proof=proof)
            return shop.answered(challenge_id=challenge_id, proof=proof)
        return page(
            "challenge.html",
            action=found.challenge.url,
            amount=f"{Money(found.amount_cents, found.currency)}",
            waits=found.state is TransactionState.NEEDS_AUTHENTICATION and self._now() <= found.challenge.expires_at,
            shop=shop,
        )


def _entry(kind: str, shop: Shop, errors: Errors, status: HTTPStatus) -> Response:
    """The page to enter something; wrong numbers must be typed again."""
    numbers = [(" ".join(_groups(number)), known.outcome) for number, known in _NUMBERS[kind].items()]
    values = {"shop": shop, "errors": errors, "numbers": numbers, "routing": ROUTING_NUMBER}
    return page(f"{kind}.html", status, **values)


def _groups(number: str) -> list[str]:
    return [number[at : at + 4] for at in range(0, len(number), 4)]


def _no_shop() -> Response:
    text = "This page is opened from an order form, and goes back to it. Go back to your order and choose how to pay again."
    return page("message.html", HTTPStatus.BAD_REQUEST, title="Start at your order", text=text)


@cache
def _provider() -> Provider:
    return Provider(RecordTable(ProviderSettings.from_environment().record_table))


def handler(event: dict[str, Any], context: Any) -> Response:
    """The Lambda handler: an HTTP API event (payload 2.0) in, a response out."""
    return respond(event, _provider())


def respond(event: dict[str, Any], provider: Provider) -> Response:
    try:
        response = provider.answer(read(event))
    except Exception as error:  # noqa: BLE001 - The browser gets a page; the log gets the place, not the text.
        log_unexpected("unexpected error at the test provider", error)
        text = "Something went wrong here, and nothing was charged. Go back to your order and try again."
        response = page("message.html", HTTPStatus.INTERNAL_SERVER_ERROR, title="That did not work", text=text)
    logger.info("provider answered", status=response["statusCode"], route=event.get("routeKey", ""))
    return response
