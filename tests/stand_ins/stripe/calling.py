"""Stripe's own SDK, pointed at the stand-in."""

from stripe import RequestsClient, StripeClient

from tests.stand_ins.stripe.server import SECRET, StripeStandIn


def sdk_of(stand_in: StripeStandIn, secret: str = SECRET, *, timeout_seconds: float = 5) -> StripeClient:
    return StripeClient(
        secret,
        base_addresses={"api": stand_in.url},
        http_client=RequestsClient(timeout=timeout_seconds),
        max_network_retries=0,
    )
