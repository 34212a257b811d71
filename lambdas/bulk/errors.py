"""Refusals of bulk previews and runs."""

from lambdas.orders.errors import Again, Nature, OrderError, Problem

PREVIEW_MINUTES = 30
MOST_ORDERS = 10_000  # in one run
MOST_LOOKED_AT = 30_000  # for one preview


class PreviewGoneError(OrderError):
    """There is no such preview for this user now. The text is the same for each reason."""

    kind = "preview_gone"
    nature = Nature.CONFLICT

    def __init__(self) -> None:
        text = (
            f"belongs to no preview that can be run: a preview lasts {PREVIEW_MINUTES} minutes, for the user who made it, while "
            "its orders are those it names; call order.bulk_preview again, and read the new preview"
        )
        super().__init__(f"preview: {text}; nothing was done", problems=(Problem("preview", text),))


class PreviewUnfinishedError(OrderError):
    """Not all orders of the selection were looked at yet."""

    kind = "preview_unfinished"
    nature = Nature.CONFLICT

    def __init__(self) -> None:
        text = (
            "did not look at all orders yet; call order.bulk_preview with this preview until it answers complete: true"
        )
        super().__init__(f"preview: {text}", problems=(Problem("preview", text),))


class NothingToRunError(OrderError):
    """The preview has no order that the run would do anything with."""

    kind = "nothing_to_do"
    nature = Nature.CONFLICT

    def __init__(self) -> None:
        text = "has no order that anything would be done with, so there is nothing to run; its refusals say why"
        super().__init__(f"preview: {text}", problems=(Problem("preview", text),))


class TooManyOrdersError(OrderError):
    """The selection is larger than one run, or needs too many reads."""

    kind = "too_many_orders"
    nature = Nature.INVALID

    def __init__(self, most: int, what: str) -> None:
        self.found_words = f"This is for more than {most:,} orders {what}, the most of one run."
        super().__init__(
            f"this is for more than {most:,} orders {what}, the most of one run; narrow it by order_queue_id, order_step_id, "
            "or min_ts and max_ts, and run one part after the other"
        )


class BulkRunNotFoundError(OrderError):
    kind = "bulk_run_not_found"
    nature = Nature.NOT_FOUND

    def __init__(self) -> None:
        text = "there is no such bulk run; order.bulk_run answers with its id"
        super().__init__(f"bulk_run_id: {text}", problems=(Problem("bulk_run_id", text),))


class NotYourRunError(OrderError):
    """Another user would continue a run."""

    kind = "not_your_run"
    nature = Nature.FORBIDDEN

    def __init__(self, by: str) -> None:
        super().__init__(
            f"this run was started by {by}, with whose rights it acts, so nobody else can continue it; "
            "preview what is left, and start a run of your own"
        )


class BulkBusyError(OrderError):
    """The same preview or run is being changed by another call."""

    kind = "bulk_busy"
    nature = Nature.CONFLICT
    again = Again.LATER
    retry_after_seconds = 2

    def __init__(self) -> None:
        super().__init__("another call changes this preview or run at the same moment; try again")
