"""Refusals that only an HTTP door has; the domain's own are in orders/errors.py."""

from lambdas.orders.errors import OrderError, Problem


class MalformedRequestError(OrderError):
    """The request cannot be read, or a parameter is missing or of the wrong type."""

    kind = "malformed"

    def __init__(self, *problems: Problem, message: str = "") -> None:
        super().__init__(message or "; ".join(str(problem) for problem in problems), problems=problems)


class UnknownMethodError(OrderError):
    kind = "unknown_method"


class CardDataError(OrderError):
    """Card numbers and card codes are refused wherever they stand; the text names the field, never the value."""

    kind = "card_data"

    def __init__(self, field: str) -> None:
        text = (
            "card numbers and card codes are not accepted here; send the token that the payment page gave for the card"
        )
        super().__init__(f"{field}: {text}", problems=(Problem(field, text),))


class NotLoggedInError(OrderError):
    kind = "not_logged_in"

    def __init__(self) -> None:
        super().__init__("Invalid login or password.")


class NotAllowedError(OrderError):
    """The user has not the right, or not there."""

    kind = "not_allowed"

    def __init__(self, method: str, right: str, order_queue_id: int | None = None) -> None:
        place = f" in queue {order_queue_id}" if order_queue_id else ""
        super().__init__(
            f"this user may not call {method}{place}: it needs the right `{right}`, "
            "which the administrator of this installation can give"
        )


class NotFoundError(OrderError):
    """A record that is not there. `what` names kind and number, as in `Client ID '7'`."""

    kind = "not_found"

    def __init__(self, what: str, field: str) -> None:
        super().__init__(f"{what} not found.", problems=(Problem(field, "not found"),))


class InternalError(OrderError):
    """Nobody thought of this. Nothing is said of it but where to look."""

    kind = "internal"

    def __init__(self, request_id: str) -> None:
        super().__init__(
            f"something went wrong here; it is logged under request {request_id}. Try again, or report that number"
        )


class WrongHttpMethodError(OrderError):
    kind = "wrong_http_method"

    def __init__(self, method: str, allowed: str) -> None:
        super().__init__(f"{method} takes {allowed}")
