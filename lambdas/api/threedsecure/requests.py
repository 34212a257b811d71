"""Requests of strong customer authentication: reference/ubersmith.md 4.5 (`api-2.0-methods.json`)."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from lambdas.api.http.parameters import OrderRequest

Proof = Annotated[
    dict[str, Any], BeforeValidator(lambda value: {} if value in ("", []) else value), Field(max_length=50)
]


class AuthenticatedPaymentRequest(OrderRequest):
    """`order.threedsecure2_payment`."""

    threedsecure: Proof = Field(
        description="What the page of the card's bank answered, by the gateway's own names; ours, of the sandbox: "
        "challenge_id and proof (proof_authenticated, or anything else for a failure). With Stripe the map may be empty: what "
        "a browser came back with proves nothing, and the payment is looked up."
    )


class AuthenticationRequest(OrderRequest):
    """`order.threedsecure2_process`."""

    action: Literal["authenticate"] = Field(
        description="authenticate: what the card holder must do, and whether they did."
    )
    threedsecure: Proof = Field(description="Parameters of the gateway; none takes any, so the map may be empty.")
