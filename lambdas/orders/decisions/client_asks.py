"""Actions that wait for the client's own answer: a question that the queue marks so, or an approval. Pure.

The client answers on the status page. Staff may still answer for them, as for every action.
"""

import hashlib
import json
from collections.abc import Iterator

from lambdas.orders.decisions import claims, progress
from lambdas.orders.model.checklist import ActionState, ChecklistAction
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus

APPROVAL, QUESTION = "client_approval", "simple_question"
_ASKING = (ActionState.PENDING, ActionState.WAITING)


def is_for_client(action: ChecklistAction) -> bool:
    """Whether the client may answer the action, as the order's own copy of its queue says."""
    marked = action.module == QUESTION and action.config.get("client_answers") is True
    return action.client_viewable and (marked or action.module == APPROVAL)


def asked_of_client(order: Order, now: int) -> Iterator[ChecklistAction]:
    """The actions that the client can answer now."""
    for action in order.actions_of(order.step_id) if order.step_status is StepStatus.ORDINARY else ():
        requested = action.requested_at is not None and now < action.requested_at + claims.ASKED_SECONDS
        ready = action.state in _ASKING and not requested and not claims.is_busy(action, now)
        if is_for_client(action) and ready and not progress.unmet_prereqs(order, action):
            yield action


def ask_stamp(action: ChecklistAction) -> str:
    """The same as long as the client is asked the same thing. Another answer, by anybody, makes it another."""
    asked = json.dumps([action.action_id, action.attempts, action.module, action.config], sort_keys=True, default=str)
    return hashlib.sha256(asked.encode()).hexdigest()[:32]
