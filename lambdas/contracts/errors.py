"""Refusals of contracts, written for the sender. No text quotes what was sent."""

from collections.abc import Sequence

from lambdas.orders.errors import Nature, OrderError, Problem


class ContractRefusedError(OrderError):
    """The contract cannot become an order as it is; nothing was made of it."""

    kind = "invalid"
    nature = Nature.INVALID

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(str(problem) for problem in problems), problems=problems)


class NotAsSignedError(OrderError):
    """The order that was made of the contract was changed before it could be submitted."""

    kind = "not_as_signed"
    nature = Nature.CONFLICT

    def __init__(self, order_id: str, differences: Sequence[str]) -> None:
        super().__init__(
            f"order {order_id} was changed before it was submitted, so it is not what was signed: {'; '.join(differences)}. "
            "Correct it with order.update, or have the change agreed to; then order.submit"
        )


class ContractMalformedError(OrderError):
    """It cannot be read."""

    kind = "malformed"
    nature = Nature.MALFORMED

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(str(problem) for problem in problems), problems=problems)


class ContractCardDataError(OrderError):
    """A card number somewhere in it; the text names the place, never the number."""

    kind = "card_data"
    nature = Nature.INVALID

    def __init__(self, field: str) -> None:
        text = "a contract must not carry card numbers; send payment.token, which the payment page gave for the card"
        super().__init__(f"{field}: {text}", problems=(Problem(field, text),))
