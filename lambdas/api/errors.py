"""Refusals that only an HTTP door has; the domain's own are in orders/errors.py."""

from collections.abc import Iterable

from lambdas.orders.errors import Again, OrderError, Problem


class MalformedRequestError(OrderError):
    """The request cannot be read, or a parameter is missing or of the wrong type."""

    kind = "malformed"

    def __init__(self, *problems: Problem, message: str = "") -> None:
        super().__init__(message or "; ".join(str(problem) for problem in problems), problems=problems)


class TooLargeError(OrderError):
    kind = "too_large"


class UnknownMethodError(OrderError):
    kind = "unknown_method"


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


class NotHereError(OrderError):
    """For this user there is no such record: none at all, or none where they have the rights."""

    kind = "not_allowed"

    def __init__(self, method: str, rights: Iterable[str]) -> None:
        needed = ", ".join(f"`{right}`" for right in rights)
        super().__init__(
            f"this user may not call {method} for what it names: there is no such record, or none in the queues and brands "
            f"where this user has {needed}; check the number, or ask the administrator of this installation for the right"
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


class StoreBusyError(OrderError):
    """The database asked for a pause, or did not answer. Whether something was written before is not known."""

    kind = "store_busy"
    again = Again.LATER

    def __init__(self) -> None:
        super().__init__(
            "the database is too busy at this moment; try again in a few seconds, with the same Idempotency-Key if you sent one"
        )


class WrongHttpMethodError(OrderError):
    """`allowed`: those that it takes, for the header `Allow`."""

    kind = "wrong_http_method"

    def __init__(self, method: str, *allowed: str) -> None:
        super().__init__(f"{method} takes {' or '.join(allowed)}")
        self.allowed = allowed


class OtherSiteError(OrderError):
    """A browser sent it for a page that is not of this host."""

    kind = "other_site"

    def __init__(self) -> None:
        super().__init__(
            "a web page of another site had a browser send this, so nothing was done; call the API from a program of yours, or "
            "from /docs of this host"
        )


class WrittenByGetError(OrderError):
    """A browser sent it as a link is followed, or a picture loaded."""

    kind = "other_site"

    def __init__(self) -> None:
        super().__init__("a browser changes nothing by GET, so nothing was done; send it as POST")


class TooManyCallsError(OrderError):
    """The user has used up what they may call in this minute."""

    kind = "too_many_calls"
    again = Again.LATER

    def __init__(self, limit: int, window_seconds: int, retry_after_seconds: int) -> None:
        super().__init__(
            f"this user may make {limit} calls in {window_seconds} seconds; go on in {retry_after_seconds} seconds, "
            "or ask the administrator of this installation for more"
        )
        self.retry_after_seconds = retry_after_seconds


class TooManyLoginsError(OrderError):
    """Too many logins failed; whether this one would is not looked at."""

    kind = "too_many_calls"
    again = Again.LATER

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(f"too many logins failed from here; try again in {retry_after_seconds} seconds")
        self.retry_after_seconds = retry_after_seconds


class TooManyGuessesError(OrderError):
    """Too many values of this field were tried in vain; whether this one is right is not looked at."""

    kind = "too_many_calls"
    again = Again.LATER

    def __init__(self, field: str, retry_after_seconds: int) -> None:
        text = f"too many were tried in vain; leave it out, or try again in {retry_after_seconds} seconds"
        super().__init__(f"{field}: {text}", problems=(Problem(field, text),))
        self.retry_after_seconds = retry_after_seconds


class KeyReusedError(OrderError):
    """An Idempotency-Key that belongs to another request."""

    kind = "conflict"
    again = Again.SAME

    def __init__(self, method: str) -> None:
        text = f"was used before, for {method} with other parameters"
        super().__init__(
            f"this Idempotency-Key {text}; send that request again unchanged to get its answer, "
            "or use a new key for a new request",
            problems=(Problem("Idempotency-Key", text),),
        )


class RepeatInProgressError(OrderError):
    """The first request under this key has not ended yet."""

    kind = "repeat_in_progress"
    again = Again.LATER

    def __init__(self, method: str) -> None:
        super().__init__(
            f"the first {method} with this Idempotency-Key is still running; "
            "send the same request again in a few seconds to get its answer"
        )


class RepeatUnknownError(OrderError):
    """Whether the request was made before cannot be found out now. Nothing was done."""

    kind = "repeat_unknown"
    again = Again.LATER

    def __init__(self) -> None:
        super().__init__(
            "whether this Idempotency-Key was used before cannot be looked up at the moment, so nothing was done; "
            "send the same request again in a few seconds"
        )


class QueuesAreFilesError(OrderError):
    """Queues are edited where they are written, and deployed; no call changes one."""

    kind = "queues_are_files"

    def __init__(self, key: str, verb: str = "edit") -> None:
        super().__init__(
            f"queues are files here, reviewed and deployed like code: {verb} statemachines/{key}/queue.toml, "
            "then run `make compile`, `make impact` and `make deploy`"
        )


class LoginNameTakenError(OrderError):
    """client.add with strict=1."""

    kind = "conflict"

    def __init__(self) -> None:
        text = "the login name is taken by another client; choose another one"
        super().__init__(f"uber_login: {text}", problems=(Problem("uber_login", text),))


class InvalidLoginError(OrderError):
    """uber.check_login: the same for every reason."""

    kind = "invalid"
    error_code = 3

    def __init__(self) -> None:
        super().__init__("Invalid login or password.")


class NoServicePlanError(OrderError):
    kind = "not_found"
    error_code = 3

    def __init__(self) -> None:
        super().__init__("No Service Plan found", problems=(Problem("plan_id", "no such service plan"),))
