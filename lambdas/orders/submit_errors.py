"""Why an order was not submitted: one exception per reason, written for the caller."""

from datetime import UTC, datetime

from lambdas.languages.texts import N_
from lambdas.orders.errors import Again, Nature, OrderError, Problem
from lambdas.orders.model.money import Money, format_cents


class SubmitInProgressError(OrderError):
    kind = "submit_in_progress"
    nature = Nature.CONFLICT
    again = Again.LATER
    retry_after_seconds = 3

    def __init__(self, order_id: str) -> None:
        super().__init__(f"order {order_id} is being submitted at this moment; ask for it again in a few seconds")


class PaymentRefusedError(OrderError):
    """The pre-authorisation did not succeed; the order stays a lead that can be updated and submitted again. `by_bank`: the
    bank declined it, which is an outcome; otherwise the bank was not asked.
    """

    kind = "payment_refused"
    nature = Nature.PAYMENT_NEEDED
    _MEND = "change the payment data with order.update and submit again"

    def __init__(self, order_id: str, reason: str, *, by_bank: bool = False) -> None:
        super().__init__(f"order {order_id} was not submitted: {reason}; {self._MEND}")
        self.reason, self.by_bank = reason, by_bank
        self.again = Again.SAME if by_bank else self.again


class PaymentUnavailableError(PaymentRefusedError):
    """The payment provider could not be reached, so nothing was charged."""

    kind = "gateway_busy"
    nature = Nature.UNAVAILABLE
    again = Again.LATER
    retry_after_seconds = 10
    _MEND = "submit it again in a minute"


class PaymentLapsedError(PaymentRefusedError):
    """The hold lapsed before the order was submitted. That is no decline."""

    kind = "hold_lapsed"
    nature = Nature.PAYMENT_NEEDED
    again = Again.LATER
    retry_after_seconds = 1
    _MEND = "nothing was charged; submit it again, and the amount is held again"

    def __init__(self, order_id: str) -> None:
        super().__init__(order_id, N_("the hold of its payment lapsed before it was sent"))


class SubmitsPausedError(OrderError):
    """Orders are not taken for a while. The order stays a lead, with all that was sent; why they are not is for staff alone."""

    kind = "submits_paused"
    nature = Nature.UNAVAILABLE
    again = Again.LATER
    retry_after_seconds = 60  # each says its own

    def __init__(self, order_id: str, *, ends_at: int, now: int) -> None:
        until = datetime.fromtimestamp(ends_at, UTC).strftime("%Y-%m-%d %H:%M UTC")
        super().__init__(
            f"order {order_id} is kept and was not submitted: no orders are taken here until {until}, and nothing was charged; "
            "submit it again then",
            until=ends_at,
        )
        self.until = until
        self.retry_after_seconds = max(1, ends_at - now)


class PaymentUnknownError(OrderError):
    """Whether the pre-authorisation succeeded is not known yet (reference/order-systems.md P1)."""

    kind = "payment_unknown"
    nature = Nature.CONFLICT
    again = Again.LATER
    retry_after_seconds = 60

    def __init__(self, order_id: str) -> None:
        super().__init__(
            f"the payment of order {order_id} is still being confirmed; do not pay again, submit the same order again in a minute"
        )


class CouponGoneError(OrderError):
    """A coupon stopped counting between the last change of the order and its submit; the order has a new total."""

    kind = "coupon_gone"
    nature = Nature.CONFLICT

    def __init__(self, order_id: str, codes: tuple[str, ...], total_cents: int, currency: str) -> None:
        named = f"coupon {codes[0]} is" if len(codes) == 1 else f"coupons {', '.join(codes)} are"
        total = f"{Money(total_cents, currency)}"
        super().__init__(
            f"order {order_id} was not submitted: {named} used up or no longer valid, so its total is {total} now; "
            "submit it again to buy at that price, or change it with order.update first",
            problems=tuple(Problem("info.coupon", f"coupon {code} is used up or no longer valid") for code in codes),
            total=format_cents(total_cents, currency),
        )


class TotalDiffersError(OrderError):
    """The order costs something else than the buyer was shown, or sells something else; nothing was charged. Amounts: cents
    and their currency."""

    kind = "total_differs"
    nature = Nature.CONFLICT

    def __init__(self, order_id: str, shown: tuple[int, str], now: tuple[int, str]) -> None:
        stated, total = (str(Money(*each)) for each in (shown, now))
        other = f"the buyer was shown {stated}, and it costs {total} now"
        same = f"what it sells, or what that costs later, is not what the buyer was shown; its total is {total}"
        text = same if shown == now else other
        super().__init__(
            f"order {order_id} was not submitted, and nothing was charged: {text}; show the order again, and submit it with the "
            "total that was agreed to",
            problems=(Problem("total", text),),
            total=format_cents(*now),
            said_total=format_cents(*shown),
            currency=now[1],
        )


class NoOpenPaymentError(OrderError):
    """There is no payment whose outcome is open."""

    kind = "no_open_payment"
    nature = Nature.CONFLICT

    def __init__(self, order_id: str) -> None:
        super().__init__(f"no payment of order {order_id} is in progress; submit the order to begin one")


class ReviewNeededError(OrderError):
    """No payment was tried: a person looks at the order first. It stays a lead, and says so."""

    kind = "review_needed"
    nature = Nature.CONFLICT

    def __init__(self, order_id: str) -> None:
        super().__init__(
            f"order {order_id} is kept but not submitted: we look at it and come back to you, and nothing was charged; a user "
            "who has the right `act` in its queue submits it with reviewed=1"
        )


class AuthenticationRequiredError(OrderError):
    """The card's bank wants its holder to confirm the payment; the order stays a lead, and its payment waits for that."""

    kind = "authentication_required"
    nature = Nature.PAYMENT_NEEDED

    def __init__(self, order_id: str, challenge_id: str, url: str, expires_at: int) -> None:
        until = datetime.fromtimestamp(expires_at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        super().__init__(
            f"order {order_id} is not submitted yet: the card's bank asks its holder to confirm the payment at {url} until "
            f"{until}; send what that page answers with order.threedsecure2_payment",
            challenge_id=challenge_id,
            url=url,
            expires=expires_at,
        )


class NoChallengeError(OrderError):
    """No payment of the order waits for its card holder."""

    kind = "no_challenge"
    nature = Nature.CONFLICT

    def __init__(self, order_id: str) -> None:
        super().__init__(
            f"no payment of order {order_id} waits for its card holder; submit the order, and see whether the bank asks for them"
        )
