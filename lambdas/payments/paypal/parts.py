"""The parts of PayPal's adapter, from the environment of a function. The key is fetched at the first call."""

import json
from functools import cache

from lambdas.payments.paypal.calls import PayPalCalls
from lambdas.payments.paypal.gateway import PayPalGateway
from lambdas.payments.paypal.notes import Notes
from lambdas.payments.paypal.pages import PayPalPages
from lambdas.records.table import RecordTable
from lambdas.runtime.provider_keys import Keys
from lambdas.runtime.settings import Settings


class PayPalSettings(Settings):
    """`payment_secrets`: JSON map of provider -> ARN of the secret with its API keys, one per line, new before old.

    `paypal_intent`: AUTHORIZE or CAPTURE.
    """

    payment_secrets: str = "{}"
    paypal_intent: str = "AUTHORIZE"


@cache
def _calls() -> PayPalCalls:
    return PayPalCalls(Keys(json.loads(PayPalSettings.from_environment().payment_secrets)))


def gateway_of(records: RecordTable) -> PayPalGateway:
    return PayPalGateway(_calls(), Notes(records), intent=PayPalSettings.from_environment().paypal_intent)


def pages() -> PayPalPages:
    return PayPalPages()
