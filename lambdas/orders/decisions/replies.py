"""Replies of clients that nobody answered yet. Pure.

Posts are records. The order says only that its client waits, so that lists and notices hear of it.
"""

from lambdas.orders.model.order import Order


def with_reply(order: Order, post_id: int, *, now: int) -> Order:
    """The order whose client wrote the post. A post that is known changes nothing, whether it was answered or not."""
    if post_id <= order.reply_id:
        return order
    since = now if order.reply_waiting_at is None else order.reply_waiting_at
    return order.changed(reply_id=post_id, reply_waiting_at=since)


def with_answer(order: Order, post_id: int) -> Order:
    """The order whose client got this post, and waits for no answer. A reply that is newer than the post stays unanswered."""
    if order.reply_waiting_at is None or post_id < order.reply_id:
        return order
    return order.changed(reply_waiting_at=None)
