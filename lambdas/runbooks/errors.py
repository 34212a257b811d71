"""Why a runbook did nothing. Each text says what is refused, where, and how to fix it, and quotes no value."""

from lambdas.orders.errors import Nature, OrderError, Problem


class NotStartedError(OrderError):
    """The execution is none that may act. The text is the same for each reason, so that ids cannot be tried out."""

    kind = "no_such_automation"
    nature = Nature.FORBIDDEN

    def __init__(self, documents: str) -> None:
        super().__init__(
            "nothing was done: this is no running automation of a runbook of this stage, started by somebody in this account; "
            f"start a runbook {documents}... in Systems Manager, Automation"
        )


class WrongParameterError(OrderError):
    kind = "invalid"
    nature = Nature.INVALID

    def __init__(self, name: str, text: str) -> None:
        super().__init__(f"nothing was done: {name} {text}", problems=(Problem(name, text),))


class NothingToDoError(OrderError):
    kind = "nothing_to_do"
    nature = Nature.CONFLICT

    def __init__(self, order_id: str, why: str) -> None:
        super().__init__(f"nothing was done with order {order_id}: {why}")
