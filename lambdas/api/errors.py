"""Refusals that only this door has. Those of callers are in auth/errors.py, the domain's in orders/errors.py."""

from collections.abc import Mapping
from typing import ClassVar

from lambdas.orders.errors import Again, Nature, OrderError, Problem


class ApiError(OrderError):
    """Base of this door's refusals.

    `error_code`: API 2.0's, a whole number. `keeps_status`: API 2.0 answers it with its HTTP status instead of 200, because
    the call itself is at fault, or this installation. `headers`: what its HTTP answer adds.
    """

    error_code: ClassVar[int] = 1
    keeps_status: ClassVar[bool] = False
    headers: Mapping[str, str] = {}


class MalformedRequestError(ApiError):
    """The request cannot be read, or a parameter is missing or of the wrong type."""

    kind = "malformed"
    nature = Nature.MALFORMED

    def __init__(self, *problems: Problem, message: str = "") -> None:
        super().__init__(message or "; ".join(str(problem) for problem in problems), problems=problems)


class TooLargeError(ApiError):
    kind = "too_large"
    nature = Nature.TOO_LARGE


class UnknownMethodError(ApiError):
    kind = "unknown_method"
    nature = Nature.NOT_FOUND


class WrongHttpMethodError(ApiError):
    """`allowed`: the HTTP methods that the path accepts."""

    kind = "wrong_http_method"
    nature = Nature.NOT_OFFERED
    keeps_status = True

    def __init__(self, method: str, *allowed: str) -> None:
        super().__init__(f"{method} takes {' or '.join(allowed)}")
        self.headers = {"Allow": ", ".join(allowed)}


class NotFoundError(ApiError):
    """A record that is not there. `what` names kind and number, as in `Client ID '7'`."""

    kind = "not_found"
    nature = Nature.NOT_FOUND

    def __init__(self, what: str, field: str) -> None:
        super().__init__(f"{what} not found.", problems=(Problem(field, "not found"),))


class InternalError(ApiError):
    """A fault of ours. The caller learns only where it is logged."""

    kind = "internal"
    nature = Nature.BROKEN
    keeps_status = True

    def __init__(self, request_id: str) -> None:
        super().__init__(
            f"something went wrong here; it is logged under request {request_id}. Try again, or report that number"
        )


class StoreBusyError(ApiError):
    """The database is throttled or did not answer. Something may have been written before."""

    kind = "store_busy"
    nature = Nature.UNAVAILABLE
    keeps_status = True
    again = Again.LATER
    retry_after_seconds = 3

    def __init__(self) -> None:
        super().__init__(
            "the database is too busy at this moment; try again in a few seconds, with the same Idempotency-Key if you sent one"
        )


class QueuesAreFilesError(ApiError):
    """A call would edit a queue. Queues are files, which are edited and deployed."""

    kind = "queues_are_files"
    nature = Nature.CONFLICT

    def __init__(self, key: str, verb: str = "edit") -> None:
        super().__init__(
            f"queues are files here, reviewed and deployed like code: {verb} statemachines/{key}/queue.toml, "
            "then run `make compile`, `make impact` and `make deploy`"
        )


class LoginNameTakenError(ApiError):
    """Another client has the login name, and client.add was called with strict=1."""

    kind = "conflict"
    nature = Nature.CONFLICT

    def __init__(self) -> None:
        text = "the login name is taken by another client; choose another one"
        super().__init__(f"uber_login: {text}", problems=(Problem("uber_login", text),))


class InvalidLoginError(ApiError):
    """uber.check_login failed. The text is the same for every reason."""

    kind = "invalid"
    nature = Nature.INVALID
    error_code = 3

    def __init__(self) -> None:
        super().__init__("Invalid login or password.")


class NoServicePlanError(ApiError):
    kind = "not_found"
    nature = Nature.NOT_FOUND
    error_code = 3

    def __init__(self) -> None:
        super().__init__("No Service Plan found", problems=(Problem("plan_id", "no such service plan"),))


class ListTooLargeError(OrderError):
    kind = "too_large"
    nature = Nature.TOO_LARGE

    def __init__(self) -> None:
        text = "the posts are more than fit one answer; ask for fewer at a time, with offset and limit"
        super().__init__(text, problems=(Problem("limit", text),))
