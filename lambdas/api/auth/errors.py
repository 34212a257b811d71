"""Refusals of callers: who they are, from where they call, and under which Idempotency-Key. See also lambdas/access/errors.py."""

from lambdas.api.errors import ApiError
from lambdas.orders.errors import Again, Nature, Problem

CHALLENGE = 'Basic realm="order-queues", charset="UTF-8"'


class NotLoggedInError(ApiError):
    kind = "not_logged_in"
    headers = {"WWW-Authenticate": CHALLENGE}
    nature = Nature.UNKNOWN_CALLER
    keeps_status = True

    def __init__(self) -> None:
        super().__init__("Invalid login or password.")


class OtherSiteError(ApiError):
    """A browser sent the call for a page of another host."""

    kind = "other_site"
    nature = Nature.FORBIDDEN
    keeps_status = True

    def __init__(self) -> None:
        super().__init__(
            "a web page of another site had a browser send this, so nothing was done; call the API from a program of yours, or "
            "from /docs of this host"
        )


class WrittenByGetError(ApiError):
    """A browser sent the call by GET, as it follows a link or loads a picture."""

    kind = "other_site"
    nature = Nature.FORBIDDEN
    keeps_status = True

    def __init__(self) -> None:
        super().__init__("a browser changes nothing by GET, so nothing was done; send it as POST")


class TooManyGuessesError(ApiError):
    """Too many wrong values of this field were tried. This one is refused without being checked."""

    kind = "too_many_calls"
    nature = Nature.TOO_MANY
    keeps_status = True
    again = Again.LATER

    def __init__(self, field: str, retry_after_seconds: int) -> None:
        text = f"too many wrong ones were tried; leave it out, or try again in {retry_after_seconds} seconds"
        super().__init__(f"{field}: {text}", problems=(Problem(field, text),))
        self.retry_after_seconds = retry_after_seconds


class KeyReusedError(ApiError):
    """The Idempotency-Key belongs to another request."""

    kind = "conflict"
    nature = Nature.CONFLICT
    again = Again.SAME

    def __init__(self, method: str) -> None:
        text = f"was used before, for {method} with other parameters"
        super().__init__(
            f"this Idempotency-Key {text}; send that request again unchanged to get its answer, "
            "or use a new key for a new request",
            problems=(Problem("Idempotency-Key", text),),
        )


class RepeatInProgressError(ApiError):
    """The first request with this key is still running."""

    kind = "repeat_in_progress"
    nature = Nature.CONFLICT
    again = Again.LATER
    retry_after_seconds = 3

    def __init__(self, method: str) -> None:
        super().__init__(
            f"the first {method} with this Idempotency-Key is still running; "
            "send the same request again in a few seconds to get its answer"
        )


class RepeatUnknownError(ApiError):
    """The table of earlier requests does not answer, so nothing was done."""

    kind = "repeat_unknown"
    nature = Nature.UNAVAILABLE
    keeps_status = True
    again = Again.LATER
    retry_after_seconds = 3

    def __init__(self) -> None:
        super().__init__(
            "whether this Idempotency-Key was used before cannot be looked up at the moment, so nothing was done; "
            "send the same request again in a few seconds"
        )
