"""Authentication of a card holder as new callers get it."""

from typing import Literal, TypedDict

from lambdas.api.http.values import iso
from lambdas.payments.authentication import Authentication


class AuthenticationView(TypedDict):
    """`url`: where the card holder confirms the payment, until `expires_at`."""

    order_id: str
    state: Literal["pending", "authenticated", "failed", "expired"]
    challenge_id: str
    url: str
    expires_at: str | None


def authentication_view(found: Authentication) -> AuthenticationView:
    return {
        "order_id": found.order_id,
        "state": found.state.value,
        "challenge_id": found.challenge.challenge_id,
        "url": found.challenge.url,
        "expires_at": iso(found.challenge.expires_at),
    }
