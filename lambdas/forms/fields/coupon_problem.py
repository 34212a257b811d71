"""Refuses a coupon code that gives no discount, with the cause. The order waits: nobody pays the full price by mistake."""

from dataclasses import replace

from lambdas.forms.fields.filled import Filled
from lambdas.forms.fields.packs import CouponField
from lambdas.forms.form import Form, Page
from lambdas.forms.save_page import preview_order
from lambdas.forms.session.session import Session
from lambdas.forms.shop import Shop
from lambdas.languages.texts import N_, _
from lambdas.orders.model.coupon_misfit import CouponMisfit
from lambdas.orders.model.info import text
from lambdas.orders.model.order import Order

_CODE = "coupon"
_CAUSES = {
    CouponMisfit.UNKNOWN: N_("We do not know this code. Check how it is written"),
    CouponMisfit.OFF: N_("This code no longer works"),
    CouponMisfit.TOO_EARLY: N_("This code does not work yet"),
    CouponMisfit.EXPIRED: N_("This code has expired"),
    CouponMisfit.USED_UP: N_("This code was used as often as it may be"),
    CouponMisfit.FOR_CLIENTS: N_("This code is for existing clients. Sign in to use it"),
    CouponMisfit.FOR_OTHERS: N_("This code is for particular clients. Sign in if you are one of them"),
    CouponMisfit.OTHER_SERVICES: N_("This code is not for what you chose"),
    CouponMisfit.NO_DISCOUNT: N_("This code takes nothing off what you chose"),
}


def coupon_note(shop: Shop, order: Order) -> str:
    """The cause, for the price of an unsent order; empty if its code gives a discount or there is none."""
    misfit = shop.service.coupon_misfit(order) if order.is_lead else None
    return f"{_(_CAUSES[misfit])}." if misfit else ""


def coupon_problem(
    shop: Shop, form: Form, page: Page, session: Session, filled: Filled
) -> tuple[Filled, dict[str, str]]:
    """The page's entries without a code that gives no discount, and its error at the code's field.

    A page that asks for no code has no error, except the last one: a code of an earlier page may have expired since.
    """
    field = next((each for each in page.fields if isinstance(each, CouponField)), None)
    if field is None and page != form.last:
        return filled, {}
    order = preview_order(shop, form, session.order, filled.changes)
    misfit = shop.service.coupon_misfit(order)
    if misfit is None:
        return filled, {}
    if field is None:
        asked_on = next(each for each in form.pages if any(isinstance(one, CouponField) for one in each.fields))
        code, why = text(order.info, _CODE), _(_CAUSES[misfit])
        cause = _("Code {code}: {why}. Change or remove it under {page}", code=code, why=why, page=asked_on.title)
        return filled, {"": cause}
    kept = {key: value for key, value in filled.changes.items() if key != _CODE}
    return replace(filled, changes=kept), {
        field.name: _("{why}, or remove it to order without a code", why=_(_CAUSES[misfit]))
    }
