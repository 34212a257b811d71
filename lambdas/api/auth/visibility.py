"""The queues that a caller sees."""

from lambdas.api.auth.caller import Caller
from lambdas.api.backend import Backend
from lambdas.records.users.rights import Right


def visible_queues(backend: Backend, caller: Caller) -> frozenset[int]:
    """The queues whose orders the caller may see."""
    return frozenset(
        queue.order_queue_id
        for queue in backend.queues.values()
        if caller.user.may_in(Right.VIEW, queue.order_queue_id, queue.brand_id)
    )
