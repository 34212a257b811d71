"""Links that choose: `/forms/<name>?plan=web-basic&period=12&coupon=SPRING` opens a form with these choices made.

Nothing is saved before the first page is sent. A value that this form does not know is left out, and the page says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from lambdas.forms.fields.coupon_problem import coupon_note
from lambdas.forms.fields.field import Given
from lambdas.forms.fields.filled import Filled, read_page, typed_of
from lambdas.forms.fields.packs import MAX_CODE, CouponField
from lambdas.forms.fields.plans import PlanField
from lambdas.forms.form import Form, Page
from lambdas.forms.save_page import preview_order
from lambdas.forms.session.coupon_guesses import refuse_guesses
from lambdas.forms.session.session import Session
from lambdas.forms.shop import Shop
from lambdas.languages.texts import N_, _, joined
from lambdas.orders.contact.text import shown_line
from lambdas.orders.model.coupon_misfit import CouponMisfit
from lambdas.orders.model.info import merge
from lambdas.web.http import RefusedError, WebRequest

PLAN, PERIOD, COUPON = "plan", "period", "coupon"
LINK_COUPON = "link_coupon"  # the hidden input that carries the code from the first page on
_BY_THE_CHOICE = (CouponMisfit.OTHER_SERVICES, CouponMisfit.NO_DISCOUNT)  # another plan or period may fit it
_NO_PLAN = N_("Your link names a plan that this form does not offer. Select one below.")
_NO_PERIOD = N_("Your link names a billing period that this form does not offer. Check the one that is selected below.")
_NO_COUPON = N_("The coupon code of your link was left out, because it does not work here.")
_TOO_MANY = N_("The coupon code of your link was left out, because too many codes were tried from your network.")


@dataclass(frozen=True)
class Preselection:
    """`typed`: the values of the first page's inputs. `note`: what of the link was left out, in words."""

    typed: Mapping[str, str]
    note: str


def preselection(shop: Shop, form: Form, page: Page, session: Session, request: WebRequest) -> Preselection | None:
    """The choices of the address; None if it makes none, or if the page is not the first one."""
    asked = {name: shown_line(request.query.get(name, "")) for name in (PLAN, PERIOD, COUPON)}
    if page != form.first or not any(asked.values()):
        return None
    given = shop.input_of(form, session.order)
    plan, plan_note = _chosen_plan(page, given, asked)
    typed = {**typed_of(page, given), **plan}
    code, code_note = _working_code(shop, form, session, request, code=asked[COUPON], typed=typed)
    notes = filter(None, (_(plan_note), code_note))
    return Preselection(typed={**typed, **_typed_code(page, code)}, note=" ".join(notes))


def _typed_code(page: Page, code: str) -> dict[str, str]:
    """The code in the page's own field, or else in the hidden input that carries it to the page that asks for one."""
    field = next((field.name for field in page.fields if isinstance(field, CouponField)), LINK_COUPON)
    return {field: code} if code else {}


def carried(typed: Mapping[str, str]) -> dict[str, str]:
    """The hidden input that carries the link's coupon code, if there is one."""
    return {LINK_COUPON: typed[LINK_COUPON]} if typed.get(LINK_COUPON) else {}


def with_link_coupon(form: Form, page: Page, filled: Filled, typed: Mapping[str, str]) -> Filled:
    """The entries of a page with the coupon code that its link named, if the form asks for one on a later page."""
    code = shown_line(typed.get(LINK_COUPON, ""))[:MAX_CODE]
    later = form.pages[form.pages.index(page) + 1 :]
    if (
        not code
        or page != form.first
        or not any(isinstance(field, CouponField) for each in later for field in each.fields)
    ):
        return filled
    return replace(filled, changes=merge(filled.changes, {COUPON: code}))


def _chosen_plan(page: Page, given: Given, asked: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """The input of the plan and its value, and a note on what is not offered. A plan is named by its id or its code."""
    if not asked[PLAN] and not asked[PERIOD]:
        return {}, ""
    for field in (each for each in page.fields if isinstance(each, PlanField)):
        offers = [
            (choice.value, str(period))
            for choice, plan_id, period in field.offers(given)
            if asked[PLAN] in ("", plan_id, given.plans[plan_id].code)
        ]
        fits = [value for value, period in offers if asked[PERIOD] in ("", period)]
        if offers and (asked[PLAN] or fits):
            return {field.name: (fits or [offers[0][0]])[0]}, "" if fits else _NO_PERIOD
    return {}, _NO_PLAN if asked[PLAN] else _NO_PERIOD


def _working_code(
    shop: Shop, form: Form, session: Session, request: WebRequest, *, code: str, typed: Mapping[str, str]
) -> tuple[str, str]:
    """The code if it works for some choice, else an empty text and the reason. Codes that do not work are counted as guesses."""
    if not code:
        return "", ""
    if len(code) > MAX_CODE or not any(isinstance(field, CouponField) for field in form.fields):
        return "", _(_NO_COUPON)
    changes = merge(read_page(form, form.first, typed, shop.input_of(form, session.order)).changes, {COUPON: code})
    try:
        refuse_guesses(shop, form, session, changes, request)
    except RefusedError:
        return "", _(_TOO_MANY)
    order = preview_order(shop, form, session.order, changes)
    misfit = shop.service.coupon_misfit(order)
    if misfit is None or misfit in _BY_THE_CHOICE:
        return code, ""
    return "", joined(_(_NO_COUPON), coupon_note(shop, order))
