"""Stops reminders: the page of a reminder's link, and the request of a mail program's own button (RFC 8058).

Opening the page stops nothing, because mail scanners follow links. The request needs no cookie and no page of ours, because
a mail program has neither. The token in the address is enough, and allows nothing else.
"""

from http import HTTPStatus

from lambdas.forms.pages.look import show_brand
from lambdas.forms.pages.templates import drawn, message_page
from lambdas.forms.shop import Shop
from lambdas.languages.texts import _
from lambdas.orders.errors import OrderNotFoundError
from lambdas.orders.model.order import Order
from lambdas.records.links.reminder_stop import StopLink, stop_path
from lambdas.runtime.telemetry import MetricUnit, logger, metrics
from lambdas.web.http import Answer, RefusedError


def show(shop: Shop, token: str) -> Answer:
    """Show the page. Raises RefusedError for a link that does not work."""
    link = _find_link(shop, token)
    values = {"title": _("Stop reminders of this order"), "refresh": 0}
    order = _order(shop, link)
    reference = order.reference if order else ""
    return Answer(HTTPStatus.OK, drawn("unsubscribe.html", reference=reference, action=stop_path(token), **values))


def take(shop: Shop, token: str) -> Answer:
    """Stop the reminders and answer without a redirect, which mail programs do not follow. Raises RefusedError."""
    link = _find_link(shop, token)
    shop.stops.stop(link, shop.now())
    _order(shop, link)
    logger.info("reminders stopped", order_id=link.order_id)
    text = _(
        "We send no more reminders of this order or of any other order begun with your email address. Your order does not "
        "change. We still confirm by mail what you order or request."
    )
    return message_page(HTTPStatus.OK, _("We send you no more reminders"), text)


def _order(shop: Shop, link: StopLink) -> Order | None:
    """The order, whose brand the page shows from here on; None for a lead that was removed since."""
    try:
        order = shop.service.get(order_id=link.order_id)
    except OrderNotFoundError:
        return None
    show_brand(shop.looks.of(order.brand_id))
    return order


def _find_link(shop: Shop, token: str) -> StopLink:
    link = shop.stops.find(token, shop.now())
    if link is None:
        metrics.add_metric("LinksRefused", MetricUnit.Count, 1)
        text = _(
            "It may have expired or been cut off. Use the link in the newest reminder, or contact us to stop reminders."
        )
        raise RefusedError(HTTPStatus.GONE, _("This link no longer works"), text)
    return link
