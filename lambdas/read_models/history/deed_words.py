"""The deed that changed an order, in words that people read. Pure.

Names of steps and actions are those of the order's checklist. Texts are as somebody typed them: escape them in markup.
"""

from lambdas.orders.model.order import Order
from lambdas.read_models.history.deeds import Actor
from lambdas.read_models.history.item import HistoryItem
from lambdas.read_models.history.texts import MISSING


def deed_in_words(item: HistoryItem, order: Order) -> str:
    """The deed without its author: `Add Services (102) is done`."""
    how, action = item.deed.how, order.actions.get(str(item.deed.action_id))
    what = f"{action.name} ({action.action_id})" if action else "an action"
    if how == "erase" and item.deed.actor is not Actor.MACHINE:
        return "personal values were erased from this history"
    if how == "submit":
        return _submit(item)
    text = _DEEDS.get(how, f"{how.replace('_', ' ')} of {what}" if action else how.replace("_", " "))
    return text.format(what=what, step=_step(order, item))


_DEEDS = {
    "create": "created the order",
    "update": "changed the order",
    "process": "requested a run of {what}",
    "skip": "skipped {what}",
    "undo_skip": "took back the skip of {what}",
    "move": "moved the order to {step}",
    "cancel": "canceled the order",
    "restart": "started the order's machine again",
    "expire": "the lead expired",
    "run": "{what} began",
    "done": "{what} is done",
    "fail": "{what} failed",
    "wait": "{what} waits",
    "undo": "{what} was undone",
    "hold_back": "{what} was held back",
    "pass_over": "{what} was passed over",
    "complete": "the order is complete",
    "unwind": "everything was undone after the cancel",
    "overdue": "{what} is overdue",
    "outstanding": "money of {what} is outstanding",
    "settle": "outstanding money of {what} was cleared",
    "stop": "the order's machine stopped",
    "resume": "the order's machine continues",
    "advance": "the order advanced to {step}",
    "warn_of_hold": "half of the life of its hold is over",
    "begin_renewal": "a renewal of the hold was begun",
    "renew_hold": "the hold was renewed",
    "capture_early": "the held money was taken before it lapsed",
    "give_hold": "the hold was given to a person",
    "open_dispute": "the payer disputes the payment at their bank",
    "win_dispute": "the payer's bank decided the dispute of the payment for us",
    "lose_dispute": "the payer's bank decided the dispute of the payment for the payer, who has the money back",
    "refund_there": "money of the payment was refunded at the payment provider, without a credit note",
    "credit_refund": "a credit note stands for what was refunded at the payment provider",
    "look": "deadlines were looked at",
    "look_for_money": "{what} was asked to look for its money",
    "prove_address": "proved to read mail at the order's address",
    "resolve_address": "resolved which client the order's address belongs to",
    "record": "the order was recorded as it stood",
    "edit": "edited the row of the order by hand",
    "remove": "deleted the row of the order by hand",
    "erase": "the lead was erased when its time was over",
    "reconcile": "raised the revision after a restore",
}


def _submit(item: HistoryItem) -> str:
    """A submit writes the order when it begins, while the card holder is asked, and when it ends. The attempt is personal."""
    if "/submitted_at" in item.plain.changes:
        return "submitted the order"
    if "/declined_at" in item.plain.changes:
        return "the payment was declined"
    if item.personal is None:
        return "tried to submit the order"
    changes = item.personal.changes
    _, amount = changes.get("/attempt/amount_cents", (None, None))
    if amount is MISSING:
        return "the submit ended without a payment"
    if amount is None and "/attempt/claim_ends_at" in changes and "/attempt/tries" not in changes:
        return "the payment waits for the card holder"
    return "began to submit the order"


def _step(order: Order, item: HistoryItem) -> str:
    _, step_id = item.plain.changes.get("/step_id", (MISSING, MISSING))
    return next((step.name for step in order.checklist_steps if step.step_id == step_id), "another step")
