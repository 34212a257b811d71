"""One exception per refusal, written for the caller: what is refused, where, and how to mend it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from lambdas.orders.money import format_cents

if TYPE_CHECKING:
    from lambdas.orders.order import ChecklistAction, Order


@dataclass(frozen=True)
class Problem:
    """What is wrong with one field. `field` is its path, e.g. `info.pack1.quantity`; `text` never quotes the value."""

    field: str
    text: str

    def __str__(self) -> str:
        return f"{self.field}: {self.text}"


class OrderError(Exception):
    """Base of all refusals. `kind` is a stable word for programs, the message is for people."""

    kind = "refused"

    def __init__(self, message: str, *, problems: tuple[Problem, ...] = (), **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        self.problems = problems
        self.facts = facts


class InvalidOrderError(OrderError):
    """The order's data cannot be taken as it is."""

    kind = "invalid"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems), problems=problems)


class OrderNotFoundError(OrderError):
    kind = "order_not_found"

    def __init__(self, reference: str) -> None:
        super().__init__(f"no order has {reference}; check the number, or find the order by its hash")


class QueueNotFoundError(OrderError):
    kind = "queue_not_found"

    def __init__(self, order_queue_id: int, known: list[int]) -> None:
        queues = ", ".join(map(str, sorted(known)))
        text = f"no order queue has the order_queue_id {order_queue_id}; the queues here are {queues}"
        super().__init__(text, problems=(Problem("order_queue_id", text),))


class KeyTakenError(OrderError):
    """The same idempotency key or hash was used before with other content."""

    kind = "conflict"

    def __init__(self, name: str, first_order_id: str) -> None:
        super().__init__(
            f"this {name} already belongs to order {first_order_id}, which was made from other data; "
            f"use a new {name} for a new order, or update order {first_order_id}",
            problems=(Problem(name, f"already used by order {first_order_id}"),),
            order_id=first_order_id,
        )


class OrderIsFinalError(OrderError):
    kind = "order_is_final"

    def __init__(self, order_id: str, step_name: str, wish: str) -> None:
        super().__init__(
            f"order {order_id} is in {step_name}, which is final: it cannot be {wish}; make a new order instead"
        )


class SubmitInProgressError(OrderError):
    kind = "submit_in_progress"

    def __init__(self, order_id: str) -> None:
        super().__init__(f"order {order_id} is being submitted at this moment; ask for it again in a few seconds")


class PaymentRefusedError(OrderError):
    """The pre-authorisation did not succeed; the order stays a lead that can be updated and submitted again."""

    kind = "payment_refused"

    def __init__(self, order_id: str, reason: str) -> None:
        super().__init__(
            f"order {order_id} was not submitted: {reason}; change the payment data with order.update and submit again"
        )
        self.reason = reason


class PaymentUnknownError(OrderError):
    """Whether the pre-authorisation succeeded is not known yet (order-systems reference, D11)."""

    kind = "payment_unknown"

    def __init__(self, order_id: str) -> None:
        super().__init__(
            f"the payment of order {order_id} is still being confirmed; do not pay again, submit the same order again in a minute"
        )


class CouponGoneError(OrderError):
    """A coupon stopped counting between the last change of the order and its submit; the order has a new total."""

    kind = "coupon_gone"

    def __init__(self, order_id: str, codes: tuple[str, ...], total_cents: int, currency: str) -> None:
        named = f"coupon {codes[0]} is" if len(codes) == 1 else f"coupons {', '.join(codes)} are"
        total = f"{format_cents(total_cents)} {currency}"
        super().__init__(
            f"order {order_id} was not submitted: {named} used up or no longer valid, so its total is {total} now; "
            "submit it again to buy at that price, or change it with order.update first",
            problems=tuple(Problem("info.coupon", f"coupon {code} is used up or no longer valid") for code in codes),
            total=format_cents(total_cents),
        )


class ReviewNeededError(OrderError):
    """No payment was tried: a person looks at the order first. It stays a lead, and says so."""

    kind = "review_needed"

    def __init__(self, order_id: str) -> None:
        super().__init__(
            f"order {order_id} is kept but not submitted: we look at it and come back to you, and nothing was charged; whoever "
            "has the right `act` in its queue submits it with reviewed=1"
        )


class AuthenticationRequiredError(OrderError):
    """The card's bank wants its holder to confirm the payment; the order stays a lead, and its payment waits for that."""

    kind = "authentication_required"

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

    def __init__(self, order_id: str) -> None:
        super().__init__(
            f"no payment of order {order_id} waits for its card holder; submit the order, and see whether the bank asks for them"
        )


class NotAfterSubmitError(OrderError):
    kind = "not_after_submit"

    def __init__(self, order_id: str, fields: list[str]) -> None:
        super().__init__(
            f"order {order_id} was submitted, so what it buys and how it is paid is fixed; cancel it and order anew",
            problems=tuple(Problem(field, "cannot be changed after the order was submitted") for field in fields),
        )


class OrderChangedError(OrderError):
    """Another writer came first too many times in a row, or the caller's version is old."""

    kind = "order_changed"

    def __init__(self, order_id: str) -> None:
        super().__init__(f"order {order_id} was changed by somebody else at the same moment; read it again and retry")


class RevisionDiffersError(OrderError):
    """The caller decided upon an older version of the order than the one there is."""

    kind = "revision_differs"

    def __init__(self, order_id: str, revision: int) -> None:
        super().__init__(
            f"order {order_id} was changed since you read it; read it again, and send its new ETag as If-Match",
            revision=revision,
        )


class ActionRefusedError(OrderError):
    """The action cannot be processed, skipped or unskipped now."""

    kind = "action_refused"

    def __init__(self, action: "ChecklistAction | None", why: str) -> None:
        text = f"action {action.action_id} {action.name} {why}" if action else why
        super().__init__(text, problems=(Problem("order_action_id", why),))


class MoveRefusedError(OrderError):
    """The order cannot be moved there by hand."""

    kind = "move_refused"

    def __init__(self, order: "Order", why: str) -> None:
        super().__init__(f"order {order.order_id} {why}", problems=(Problem("step_id", why),))


class RestartRefusedError(OrderError):
    kind = "restart_refused"

    def __init__(self, order_id: str, why: str) -> None:
        super().__init__(f"order {order_id} cannot be restarted: {why}")
