"""The texts of the mails with links to unfinished orders."""

from lambdas.languages.texts import N_, _
from lambdas.mail.link_mail import link_mail
from lambdas.mail.sender import Sender
from lambdas.mail.sending import Mail
from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import Queue

_WANTED = N_(
    "Someone, most likely you, requested this link on our order form. If it was not you, ignore this mail: nothing happens."
)
_REMINDED = N_(
    "Nothing was ordered and nothing was charged so far. If you do not want to continue, do nothing: the order closes "
    "automatically."
)


def requested_link(order: Order, queue: Queue, sender: Sender, url: str) -> Mail:
    """The mail with a link that its recipient requested."""
    return link_mail(order, queue, sender, url, kind="wanted", closing=_(_WANTED))


def reminder(order: Order, queue: Queue, sender: Sender, url: str, stop_url: str) -> Mail:
    """The reminder of an unfinished order. `stop_url`: stops reminders, for the reader and for mail programs' own button.

    The headers are those of RFC 2369 and RFC 8058.
    """
    to_stop = _("To stop reminders:")
    closing = f"{_(_REMINDED)}\n\n{to_stop}\n{stop_url}"
    mail = link_mail(order, queue, sender, url, kind="reminder", closing=closing)
    stop = (("List-Unsubscribe", f"<{stop_url}>"), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    return mail._replace(headers=stop)
