"""Refusals of contracts, written for whoever sent one. No text quotes what was sent."""

from lambdas.orders.errors import OrderError, Problem


class ContractRefusedError(OrderError):
    """The contract cannot become an order as it is; nothing was made of it."""

    kind = "invalid"

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(str(problem) for problem in problems), problems=problems)


class ContractMalformedError(OrderError):
    """It cannot be read."""

    kind = "malformed"

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(str(problem) for problem in problems), problems=problems)


class ContractCardDataError(OrderError):
    """A card number somewhere in it; the text names the place, never the number."""

    kind = "card_data"

    def __init__(self, field: str) -> None:
        text = "a contract must not carry card numbers; send payment.token, which the payment page gave for the card"
        super().__init__(f"{field}: {text}", problems=(Problem(field, text),))
