"""Refusals about quotes, in words for the people who sign or sell."""

from lambdas.orders.errors import Again, Nature, OrderError, Problem
from lambdas.orders.model.money import format_cents


class QuoteNotFoundError(OrderError):
    kind = "not_found"
    nature = Nature.NOT_FOUND

    def __init__(self, quote_id: str) -> None:
        super().__init__(f"Quote ID '{quote_id[:20]}' not found.", problems=(Problem("quote_id", "not found"),))


class QuoteNotOpenError(OrderError):
    """It cannot be signed as it is."""

    kind = "quote_not_open"
    nature = Nature.CONFLICT
    _MEND = {
        "draft": "open it with client.quote_update (status 4)",
        "waiting approval": "approve it with client.quote_update (status 4)",
        "cancelled": "make a new quote",
        "expired": "give it a later `expires` with client.quote_update, or make a new quote",
        "without services": "add them with client.quote_service_add",
    }

    def __init__(self, quote_id: str, state: str) -> None:
        text = f"quote {quote_id} is {state}, so it cannot be signed; {self._MEND[state]}"
        super().__init__(text, problems=(Problem("quote_id", text),))


class QuoteSignedError(OrderError):
    """It takes one signature, and has it."""

    kind = "quote_signed"
    nature = Nature.CONFLICT

    def __init__(self, quote_id: str, order_id: str | None) -> None:
        made = f": order {order_id} was made of it" if order_id else ""
        text = f"quote {quote_id} is signed already{made}; a quote that is signed again and again has status 32 (persistent)"
        facts = {"order_id": order_id} if order_id else {}
        super().__init__(text, problems=(Problem("quote_id", text),), **facts)


class QuoteTotalError(OrderError):
    """The document that was signed says another sum than the services come to; nothing was made of it."""

    kind = "total_differs"
    nature = Nature.CONFLICT

    def __init__(self, what: str, said_cents: int, now_cents: int, currency: str) -> None:
        stated, now = format_cents(said_cents, currency), format_cents(now_cents, currency)
        text = f"what was signed says {stated} before tax, and {what} comes to {now}"
        super().__init__(
            f"{text}; show it again, and have signed what it says",
            problems=(Problem("total", text),),
            total=now,
            said_total=stated,
        )


class QuoteFixedError(OrderError):
    """A signed or canceled quote cannot be changed."""

    kind = "quote_fixed"
    nature = Nature.CONFLICT
    again = Again.SAME

    def __init__(self, quote_id: str, state: str) -> None:
        text = f"quote {quote_id} is {state}, so what it offers is fixed; make a new quote"
        super().__init__(text, problems=(Problem("quote_id", text),))


class QuoteBusyError(OrderError):
    kind = "busy"
    nature = Nature.CONFLICT
    again = Again.LATER
    retry_after_seconds = 1

    def __init__(self, quote_id: str) -> None:
        super().__init__(f"quote {quote_id} is being changed by others at this moment; nothing was done, try again")
