"""The request of `order.submit`."""

from pydantic import Field

from lambdas.api.http.parameters import Amount, Flag, OrderRequest
from lambdas.api.http.return_address import ReturnAddress
from lambdas.orders.payment_ports import Payer


class SubmitRequest(OrderRequest):
    """`order.submit`. `total` and `reviewed` are ours; `reviewed` is for users with the right `act`."""

    total: Amount = Field(
        default=None,
        description="ours: the total that the buyer was shown, as `total` of the order. If the order costs something else "
        "now, nothing is charged and the call is refused with both sums (`total_differs`); without it, the order is charged as "
        "it is.",
    )
    reviewed: Flag = Field(
        default=False,
        description="ours: 1, by somebody who looked at an order that waits for a review: its payment is tried whatever failed "
        "before. Needs the right `act`.",
    )
    return_to: ReturnAddress = Field(
        default=None,
        description="ours: where the page of the card's bank sends the buyer's browser back to, if the bank asks its holder to "
        "confirm the payment (3-D Secure). Begins with https://.",
    )
    payer_present: Flag = Field(
        default=True,
        description="ours: 0, if the buyer cannot answer their bank now, as by telephone. A bank that asks declines then.",
    )

    @property
    def payer(self) -> Payer:
        return Payer(self.payer_present, self.return_to or "")
