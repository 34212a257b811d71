"""The names that a payment provider gives to the parts of one payment."""

from typing import Self

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

    def besides(self, payment_id: str) -> Self:
        """Without those that are the payment's own id: an order is billed by its size, and has that id anyway."""
        names = type(self).model_fields
        return self.changed(**{name: "" for name in names if getattr(self, name) == payment_id})
