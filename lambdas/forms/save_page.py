"""Saves a submitted page.

The first page creates the order; later pages update it. A repeated page never creates a second order.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lambdas.forms.fields.agreement import MSA
from lambdas.forms.form import Form
from lambdas.forms.session.session import Session
from lambdas.forms.shop import Shop, sign_in_needed
from lambdas.languages.language import spoken
from lambdas.mail.language import LANG
from lambdas.mail.link_mail import address_of, has_current_address
from lambdas.orders.decisions.lead.draft import OrderDraft
from lambdas.orders.errors import KeyTakenError
from lambdas.orders.model.info import Info, merge, text
from lambdas.orders.model.order import Order
from lambdas.orders.table.keys import IdempotencyKey
from lambdas.records.links.link import LinkPurpose
from lambdas.web.http import WebRequest


def save(shop: Shop, form: Form, session: Session, changes: Info, request: WebRequest) -> Session:
    """Save the changes and return the session with its updated order."""
    changes = in_its_language(shop, session.order, changes)
    if session.order is None:
        return _create_order(shop, form, session, changes, request)
    order = change_order(shop, form, session.order, changes)
    if session.link and session.link.address and not has_current_address(session.link, order):
        shop.sessions.readdress(session.link, address_of(order))
    return replace(session, order=order)


def change_order(shop: Shop, form: Form, order: Order, changes: Info) -> Order:
    """Write these changes of the order's `info`, if there are any and the order still has the same client.

    Raises OrderError if the order accepts no more changes.
    """
    if merge(order.info, changes) == order.info:
        return order
    by = by_of(form)
    if removed_leftovers := _options_to_clear(order.info, changes):
        order = shop.service.update(order, {"info": removed_leftovers}, by=by, same_client=True)
    return shop.service.update(order, with_signature(changes), by=by, same_client=True)


def in_its_language(shop: Shop, order: Order | None, changes: Info) -> Info:
    """The changes with the language of the page, in which the order's mails come too. Where there is only one, nothing."""
    tag = spoken().tag
    if len(shop.languages) < 2 or (order is not None and text(order.info, LANG) == tag):
        return changes
    return merge(changes, {LANG: tag})


def preview_order(shop: Shop, form: Form, order: Order | None, changes: Info) -> Order:
    """The order with these changes and the price it would be charged. Nothing is written."""
    if order is None:
        return shop.service.preview_new(OrderDraft(order_queue_id=shop.order_queue_id(form), info=changes))
    bare = order.changed(info=merge(order.info, _options_to_clear(order.info, changes)))
    return shop.service.preview(bare, {"info": changes})


def by_of(form: Form) -> str:
    """The author of changes that a form makes."""
    return f"form {form.name}"


def _create_order(shop: Shop, form: Form, session: Session, changes: Info, request: WebRequest) -> Session:
    """Create a lead. The session's token is its idempotency key, so a double click or a second tab finds the first order."""
    source = {"ip_address": request.source} if request.source else {}
    draft = OrderDraft(
        order_queue_id=shop.order_queue_id(form),
        order_form_id=form.order_form_id,
        info={**source, **changes},
        signature=_signer(changes),
    )
    key = IdempotencyKey(by_of(form), session.creation_key)
    try:
        order, taken = shop.service.create(draft, key, by=by_of(form)), False
    except KeyTakenError as error:
        order, taken = shop.service.get(order_id=str(error.facts["order_id"])), True
        if order.client_id:
            raise sign_in_needed(form) from None
    shop.links.remember_form(order.order_id, form.name)
    link = shop.links.make(
        session.token, LinkPurpose.SESSION, order.order_id, now=shop.now(), form=form.name, by=by_of(form)
    )
    shop.counts.count_started(form, order.order_id)
    return replace(session, order=change_order(shop, form, order, changes) if taken else order, link=link)


def with_signature(changes: Info) -> dict[str, Any]:
    """Changes of an order's `info`, with the name of the person who signed them, if any."""
    signer = _signer(changes)
    return {"info": changes, **({"signature": signer} if signer else {})}


def _signer(changes: Info) -> str | None:
    accepted = changes.get(MSA)
    return str(accepted["signer"]) if isinstance(accepted, Mapping) and accepted.get("signer") else None


def _options_to_clear(info: Mapping[str, Any], changes: Info) -> Info:
    """Options of an earlier plan that must be cleared first, because `info` is merged map by map and would keep them."""
    found: Info = {}
    for key, pack in changes.items():
        before = info.get(key)
        if not (key.startswith("pack") and isinstance(pack, Mapping) and isinstance(before, Mapping)):
            continue
        other_plan = "plan_id" in pack and str(pack["plan_id"]) != str(before.get("plan_id"))
        chosen = before.get("options")
        strange = isinstance(chosen, Mapping) and "options" in pack and chosen.keys() - pack["options"].keys()
        if chosen and (other_plan or strange):
            found[key] = {"options": ""}
    return found
