"""Reminds clients of unfinished orders, once at each of the form's times. Runs every hour.

For each reminder it reads the leads of a few hours of a queue. If it did not run for longer than that, those reminders are
left out, because a late reminder is worse than none.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from lambdas.forms.form import Form
from lambdas.mail.sending import MailInDoubtError, MailRefusedError
from lambdas.notices.notices import Notices
from lambdas.notices.settings import the_notices
from lambdas.orders.model.order import Order
from lambdas.orders.ports import TimeWindow
from lambdas.runtime.telemetry import MetricUnit, log_unexpected, logger, metrics

HOUR = 3_600
LATE_HOURS = 6
MAX_LOOKED_AT = 2_000  # of one queue and reminder; the next run takes the others
QUIET_SECONDS = HOUR  # a client who is still typing is reminded by a later run


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    sent = remind(the_notices())
    metrics.add_metric("RemindersSent", MetricUnit.Count, sent)
    return {"sent": sent}


def remind(notices: Notices) -> int:
    """Send the reminders that are due and return their number. The next run tries failed ones again."""
    sent = 0
    for form in notices.forms.values():
        for after_hours in form.reminders_after_hours:
            due = _due(notices, form, after_hours)
            sent += sum(_is_sent(notices, order, form, after_hours) for order in due)
    return sent


def _due(notices: Notices, form: Form, after_hours: int) -> Iterator[Order]:
    """Read the leads of the form that were begun that long ago. The index may be slightly behind."""
    queue = next(queue for queue in notices.queues.values() if queue.key == form.queue)
    now = notices.now()
    latest = now - after_hours * HOUR
    window = TimeWindow(min_ts=latest - LATE_HOURS * HOUR, max_ts=latest, page_size=200)
    entries = islice(notices.store.in_step(queue.order_queue_id, queue.leads.id, window), MAX_LOOKED_AT)
    ids = [entry.order_id for entry in entries]
    found = (order for order in notices.store.get_many(ids) if isinstance(order, Order))
    if len(ids) == MAX_LOOKED_AT:
        logger.warning("more leads than are reminded at once", form=form.name, after_hours=after_hours)
    return (o for o in found if o.order_form_id == form.order_form_id and o.activity <= now - QUIET_SECONDS)


def _is_sent(notices: Notices, order: Order, form: Form, after_hours: int) -> bool:
    try:
        return notices.remind(order.order_id, form, after_hours) == "sent"
    except MailRefusedError as refused:
        logger.error("SES refused a reminder", order_id=order.order_id, code=refused.code)
    except MailInDoubtError:
        logger.error("whether a reminder went out is not known", order_id=order.order_id)
    except Exception as error:  # noqa: BLE001 - one lead must not keep the others from being reminded
        log_unexpected("reminder not sent", error, order_id=order.order_id)
    return False
