"""Mails the client how their order ended: it is complete, or it was canceled. Each once, and each read from the order as it is.

Clients who ordered on a form get them unless the form says otherwise. A lead never gets one: nothing was ordered, and nothing
was paid.
"""

from typing import Literal

from lambdas.forms.status.order_state import money_of_canceled
from lambdas.languages.language import spoken
from lambdas.languages.texts import _
from lambdas.mail.link_mail import DO_NOT_SHARE, address_of, greeting
from lambdas.mail.sender import Sender
from lambdas.mail.sending import Mail, OnDoubt
from lambdas.notices.notices import Notices, Outcome
from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import Queue
from lambdas.orders.model.steps import StepStatus
from lambdas.records.links.link import LinkPurpose

Ending = Literal["completed", "canceled"]
_STATUS: dict[Ending, StepStatus] = {"completed": StepStatus.COMPLETE, "canceled": StepStatus.CANCELED}


def mail_ending(notices: Notices, order_id: str, ending: Ending, *, on_doubt: OnDoubt) -> Outcome:
    """Mail the client how the order ended, once. Raises MailRefusedError and MailInDoubtError."""
    order = notices.store.get(order_id)
    form, queue = notices.form_of(order), notices.queues.get(order.order_queue_id)
    wanted = form is not None and form.ending_mails and order.submitted_at is not None and address_of(order)
    if form is None or queue is None or not wanted or order.step_status is not _STATUS[ending]:
        return "none"
    ended_form, its_queue = form, queue

    def written() -> Mail:
        url = notices.link(order, LinkPurpose.STATUS, ended_form, ending)
        when_complete = ended_form.in_language(spoken().tag).when_complete
        return ending_mail(order, ending, its_queue, notices.sender, url, when_complete)

    return notices.send(order, ending, written, on_doubt)


def ending_mail(  # noqa: PLR0917 - one caller beside the tests
    order: Order, ending: Ending, queue: Queue, sender: Sender, url: str, when_complete: str = ""
) -> Mail:
    """The mail at the end of an order. `url`: of its status page. `when_complete`: the form's text on what is next.

    No reason of staff is in it: it was written for staff.
    """
    parts = (
        greeting(order),
        *((_("Your order is complete."), when_complete) if ending == "completed" else _canceled(order)),
        _("Order {order_id}", order_id=order.reference),
        "\n".join((_("See your order and write to us:"), url)),
        _(DO_NOT_SHARE),
        sender.signature(queue),
    )
    subject = _("Your order {order_id} was canceled", order_id=order.reference)
    if ending == "completed":
        subject = _("Your order {order_id} is complete", order_id=order.reference)
    return Mail(
        kind=ending,
        sender=sender.of(queue),
        to=(address_of(order),),
        subject=subject,
        body="\n\n".join(part for part in parts if part) + "\n",
    )


def _canceled(order: Order) -> tuple[str, ...]:
    return (_("Your order was canceled."), money_of_canceled(order))


def ending_of(event: str) -> Ending | None:
    """The ending that an event of the bus means."""
    return _ENDINGS.get(event)


_ENDINGS: dict[str, Ending] = {"OrderCompleted": "completed", "OrderCanceled": "canceled"}
