"""The queues that a caller sees."""

from lambdas.access.visibility import queues_seen_by
from lambdas.api.auth.caller import Caller
from lambdas.api.backend import Backend


def visible_queues(backend: Backend, caller: Caller) -> frozenset[int]:
    """The queues whose orders the caller may see."""
    return queues_seen_by(caller.user, backend.queues)
