"""The checklist that a lead's machine starts with. Pure.

A lead is rows only. Nothing of it runs, so it needs no execution. Its machine starts with its submit, or with its cancel if
a payment was started that must be taken back. Until then its queue may be edited: the order takes the checklist of the queue
that its machine starts with.
"""

from collections.abc import Mapping

from lambdas.orders.model.checklist import checklist_of
from lambdas.orders.model.modules import ModuleFacts
from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import Queue


def as_deployed(order: Order, queue: Queue | None, modules: Mapping[str, ModuleFacts], *, machine_hash: str) -> Order:
    """A lead with the checklist of its queue as it is deployed; nothing of a lead has run, so there is nothing to carry over.

    An order that has an execution, or whose queue is gone, stays as it is.
    """
    if not order.is_lead or order.has_machine or queue is None:
        return order
    steps, actions = checklist_of(queue, modules)
    return order.changed(
        step_id=queue.leads.id,
        checklist_steps=steps,
        actions=actions,
        queue_hash=queue.content_hash,
        machine_hash=machine_hash,
    )
