"""Reasons why a post was not kept, or was kept and not mailed."""

from lambdas.mail.sending import MailRefusedError
from lambdas.orders.errors import Again, Nature, OrderError, Problem
from lambdas.records.posts.post import Post


class MailNotSentError(OrderError):
    kind = "mail_not_sent"
    nature = Nature.CONFLICT

    def __init__(self, post: Post, refused: MailRefusedError) -> None:
        mend = (
            "wait a minute"
            if refused.throttled
            else "see that the sender is verified there and the addresses are right"
        )
        super().__init__(
            f"post {post.post_id} was kept, but its mail was not sent: SES refused it ({refused.code}); {mend}, then repeat"
            " the call with the same Idempotency-Key, or post it again if there was none",
            post_id=str(post.post_id),
        )


class MailUnknownError(OrderError):
    kind = "mail_unknown"
    nature = Nature.CONFLICT

    def __init__(self, post: Post) -> None:
        super().__init__(
            f"post {post.post_id} was kept, but whether its mail went out is not known: SES did not answer, or another call is"
            " sending it now; it is not sent again automatically, so ask the recipient before you post it again",
            post_id=str(post.post_id),
        )


class FilesNotKeptError(OrderError):
    """The bucket refused, or did not answer."""

    kind = "files_not_kept"
    nature = Nature.UNAVAILABLE
    again = Again.LATER
    retry_after_seconds = 10

    def __init__(self, field: str) -> None:
        text = "the files could not be stored just now, so nothing was posted; send the same request again in a minute"
        super().__init__(text, problems=(Problem(field, text),))
