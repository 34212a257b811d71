"""Authentication of a card holder as new callers get it."""

from typing import Annotated, Literal, TypedDict

from typing_extensions import Doc

from lambdas.api.http.values import iso
from lambdas.payments.authentication import Authentication


class AuthenticationView(TypedDict):
    order_id: Annotated[str, Doc("The order's number.")]
    state: Annotated[Literal["pending", "authenticated", "failed", "expired"], Doc("How far the authentication is.")]
    challenge_id: Annotated[str, Doc("The challenge's id.")]
    url: Annotated[str, Doc("Where the card holder confirms the payment.")]
    expires_at: Annotated[str | None, Doc("Until when they can confirm it.")]


def authentication_view(found: Authentication) -> AuthenticationView:
    return {
        "order_id": found.order_id,
        "state": found.state.value,
        "challenge_id": found.challenge.challenge_id,
        "url": found.challenge.url,
        "expires_at": iso(found.challenge.expires_at),
    }
