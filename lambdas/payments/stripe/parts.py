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

    Functions that pay nothing have none.
    """

    payment_secrets: str = "{}"


@cache
def _calls() -> StripeCalls:
    return StripeCalls(Keys(json.loads(PaymentSettings.from_environment().payment_secrets)))


def gateway_of(records: RecordTable) -> StripeGateway:
    return StripeGateway(_calls(), Intents(records))


def pages() -> StripePages:
    return StripePages(_calls())
