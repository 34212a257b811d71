"""The parts of Stripe's adapter, from the environment of a function. The SDK and the key are fetched at the first call."""

import json
from functools import cache

from lambdas.payments.stripe.calls import StripeCalls
from lambdas.payments.stripe.gateway import StripeGateway
from lambdas.payments.stripe.intents import Intents
from lambdas.payments.stripe.pages import StripePages
from lambdas.records.table import RecordTable
from lambdas.runtime.provider_keys import Keys
from lambdas.runtime.settings import Settings


class PaymentSettings(Settings):
    """`payment_secrets`: JSON map of provider -> ARN of the secret with its API keys, one per line, new before old.

    Functions that pay nothing have none. `stripe_extended_holds`: cards are held for longer where an order needs it.
    """

    payment_secrets: str = "{}"
    stripe_extended_holds: bool = False


@cache
def _calls() -> StripeCalls:
    return StripeCalls(Keys(json.loads(PaymentSettings.from_environment().payment_secrets)))


def gateway_of(records: RecordTable) -> StripeGateway:
    extends = PaymentSettings.from_environment().stripe_extended_holds
    return StripeGateway(_calls(), Intents(records), extends=extends)


def pages() -> StripePages:
    return StripePages(_calls())
