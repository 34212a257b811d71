"""The names that a payment provider gives to the parts of one payment."""

from lambdas.runtime.models import Frozen


class PaymentIds(Frozen):
    """Empty where the provider has no such part, or none yet. Staff find the payment at the provider by each of them.

    `order`: what the buyer approved (PayPal). `authorization`: the hold. `renewed`: the hold that took its place. `capture`: what
    was taken.
    """

    PERSONAL = frozenset({"order", "authorization", "renewed", "capture"})

    order: str = ""
    authorization: str = ""
    renewed: str = ""
    capture: str = ""
