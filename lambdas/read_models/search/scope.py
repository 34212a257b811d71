"""The reach of a user's searches, by their rights."""

from collections.abc import Mapping

from lambdas.access.visibility import queues_seen_by
from lambdas.orders.model.queue import Queue
from lambdas.read_models.search.finding import Scope
from lambdas.records.users.api_user import ApiUser
from lambdas.records.users.rights import Right


def scope_of(user: ApiUser, queues: Mapping[int, Queue]) -> Scope:
    seen = queues_seen_by(user, queues)
    return Scope(
        queues=seen,
        with_people=frozenset(
            queue_id for queue_id in seen if user.may_in(Right.PERSONAL_DATA, queue_id, queues[queue_id].brand_id)
        ),
        brands=frozenset(queues[queue_id].brand_id for queue_id in seen),
    )
