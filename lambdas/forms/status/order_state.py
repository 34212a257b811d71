"""The state of an order in its client's words: how it stands, and what happens next."""

from lambdas.forms.form import Form
from lambdas.languages.texts import N_, _, joined
from lambdas.mail.link_mail import address_of
from lambdas.orders.decisions.client_asks import asked_of_client
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from lambdas.runtime.models import Frozen

_TITLES = {
    StepStatus.LEADS: N_("Not sent yet"),
    StepStatus.ORDINARY: N_("In progress"),
    StepStatus.COMPLETE: N_("Complete"),
    StepStatus.CANCELED: N_("Canceled"),
}


class OrderState(Frozen):
    """`title`: the state in a word or two. `texts`: what it means, the most important first."""

    title: str
    texts: tuple[str, ...]


def order_state(order: Order, form: Form | None, now: int) -> OrderState:
    """`form`: the one on which the order was made, if any. `now`: Unix seconds."""
    asked = any(True for _ask in asked_of_client(order, now))
    return OrderState(title=_(_TITLES[order.step_status]), texts=_texts(order, form, asked=asked))


def money_of_canceled(order: Order) -> str:
    """A sentence on the money of a canceled order, for its client."""
    if order.hold is None:
        return _("Nothing was charged for it.") if order.submitted_at is None else ""
    return _("What you paid is refunded.") if order.hold.captured else _("The money held for it is released.")


def _texts(order: Order, form: Form | None, *, asked: bool) -> tuple[str, ...]:
    found: tuple[str, ...]
    match order.step_status:
        case StepStatus.LEADS:
            found = (_("Nothing was ordered and nothing was charged so far."),)
        case StepStatus.COMPLETE:
            found = (_("We have finished your order."), form.when_complete if form else "")
        case StepStatus.CANCELED:
            found = (_("This order was canceled."), money_of_canceled(order))
        case _other if asked:
            found = (_("We need your answer to continue: see below."),)
        case _other:
            found = (form.thanks if form else "", joined(_("You need do nothing now."), _mail_promise(order, form)))
    return tuple(text for text in found if text)


def _mail_promise(order: Order, form: Form | None) -> str:
    """The mail at the end of the order, if it gets one."""
    mailed = form is not None and form.ending_mails and address_of(order)
    return _("We email you when your order is complete.") if mailed else ""
