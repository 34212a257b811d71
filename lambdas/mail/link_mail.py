"""The mail with a link to an unfinished order: the queue's `sendlink_*` texts (reference/ubersmith.md 1.8).

The variables of Ubersmith's template are not public. Ours are the fields in FIELDS, written `##first##`.
"""

import re
from collections.abc import Sequence

from lambdas.languages.language import speaking, spoken
from lambdas.languages.texts import N_, _
from lambdas.mail.addresses import harmless
from lambdas.mail.language import language_of, with_language
from lambdas.mail.sender import Sender
from lambdas.mail.sending import Mail
from lambdas.orders.contact.email import mailed_to
from lambdas.orders.contact.text import shown_line
from lambdas.orders.model.info import text
from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import Queue
from lambdas.records.links.link import Link, address_digest

FIELDS = ("reference", "order_id", "first", "company", "link")
DEFAULT_SUBJECT = N_("Your order ##reference##")
DEFAULT_BODY = N_("You began an order with us. Continue where you stopped:")
DO_NOT_SHARE = N_("Do not share this address: anyone who has it can open the page.")

_FIELD = re.compile(r"##([a-z_]+)##")
_LONGEST_NAME, _LONGEST_SUBJECT = 60, 250


def address_of(order: Order) -> str:
    """The e-mail address of the order's client; empty if the order names no address, or more than one."""
    return mailed_to(text(order.info, "email"))


def has_current_address(link: Link, order: Order) -> bool:
    """Whether the order still has the address that the link was mailed to. A link that was not mailed always passes."""
    return not link.address or link.address == address_digest(order.order_id, address_of(order))


def link_mail(order: Order, queue: Queue, sender: Sender, url: str, *, kind: str = "link", closing: str = "") -> Mail:
    """The queue's texts with the link, in the language that is spoken. Without a place for it, the link stands below.
    `closing`: the end of the mail."""
    queue = queue.in_language(spoken().tag)
    names = {key: name_in(order, key) for key in ("first", "company")}
    values = {"reference": order.reference, "order_id": order.order_id, **names}
    subject = filled(queue.sendlink_sub or _(DEFAULT_SUBJECT), {**values, "link": ""})
    body = queue.sendlink_body or _(DEFAULT_BODY)
    placed = body if "##link##" in body else f"{body.rstrip()}\n\n##link##\n"
    return Mail(
        kind=kind,
        sender=sender.of(queue),
        to=(address_of(order),),
        subject=shown_line(subject)[:_LONGEST_SUBJECT],
        body="\n\n".join(
            part for part in (filled(placed, {**values, "link": url}).rstrip(), closing, sender.notes(queue)) if part
        )
        + "\n",
    )


def answer_link_text(order: Order, url: str, offered: Sequence[str]) -> str:
    """The end of a mail with a message: the link to the order's page, in the order's language."""
    with speaking(language_of(order, offered)) as language:
        here, secret = _("See your order and answer here:"), _(DO_NOT_SHARE)
        return f"\n\n{here}\n{with_language(url, language.tag, offered)}\n\n{secret}\n"


def filled(template: str, values: dict[str, str]) -> str:
    """The template with its fields replaced. A name between `##` that is no field stays as it is."""
    return _FIELD.sub(lambda found: values.get(found[1], found[0]), template)


def greeting(order: Order) -> str:
    first = name_in(order, "first")
    return _("Hello {name},", name=first) if first else _("Hello,")


def name_in(order: Order, key: str) -> str:
    """A name as the client typed it: short, on one line, and empty if it could be the address of anything."""
    name = harmless(text(order.info, key), _LONGEST_NAME)
    return "" if "/" in name else name
