"""The texts of the mails. A name from the order is used only if it cannot become a link. Amounts are those charged."""

from lambdas.forms.form import Form
from lambdas.forms.pages.summary import Summary, summary_of
from lambdas.mail.link_mail import Sender, address_of, link_mail, name_in
from lambdas.mail.sending import Mail
from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import Queue

_WANTED = "Someone, most likely you, requested this link on our order form. If it was not you, ignore this mail: nothing happens."
_REMINDED = (
    "Nothing was ordered and nothing was charged so far. If you do not want to continue, do nothing: the order closes "
    "automatically."
)


def confirmation(order: Order, form: Form, queue: Queue, sender: Sender, url: str) -> Mail:
    """The confirmation: the order's content, its first charge and its status page. `url`: of that page."""
    parts = (
        f"Hello {name_in(order, 'first')},".replace(" ,", ","),
        f"{form.thanks}",
        f"Order {order.order_id}",
        "\n".join(_charges(summary_of(order), order)),
        f"See the progress of your order and write to us:\n{url}",
        "Do not share this address: anyone who has it can open the page.",
        sender.company,
    )
    return Mail(
        kind="confirmation",
        sender=sender.of(queue),
        to=(address_of(order),),
        subject=f"Your order {order.order_id}",
        body="\n\n".join(part for part in parts if part) + "\n",
    )


def _charges(summary: Summary, order: Order) -> list[str]:
    lines = [f"  {line.title}: {line.price} {line.period}" for line in summary.lines]
    sums = [
        ("Recurring", summary.recurring),
        ("Set-up", summary.setup),
        ("Coupon", summary.discount),
        ("Tax", summary.tax),
    ]
    return [
        *lines,
        "",
        *(f"  {name}: {amount}" for name, amount in sums if amount),
        f"  First charge: {summary.first_charge}{_charged(order)}",
        *([f"  Then {' and '.join(summary.renewals)}"] if summary.renewals else []),
    ]


def _charged(order: Order) -> str:
    """How the order is paid; empty if nothing is due."""
    if not order.total_cents:
        return ""
    if order.hold is None:
        return " (on your invoice)"
    return " (paid)" if order.hold.captured else " (held now, charged with your invoice)"


def requested_link(order: Order, queue: Queue, sender: Sender, url: str) -> Mail:
    """The mail with a link that its recipient requested."""
    return link_mail(order, queue, sender, url, kind="wanted", closing=_WANTED)


def reminder(order: Order, queue: Queue, sender: Sender, url: str, stop_url: str) -> Mail:
    """The reminder of an unfinished order. `stop_url`: stops reminders, for the reader and for mail programs' own button.

    The headers are those of RFC 2369 and RFC 8058.
    """
    closing = f"{_REMINDED}\n\nTo stop reminders:\n{stop_url}"
    mail = link_mail(order, queue, sender, url, kind="reminder", closing=closing)
    stop = (("List-Unsubscribe", f"<{stop_url}>"), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    return mail._replace(headers=stop)
