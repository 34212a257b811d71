"""Coupons, and the clients they are for."""

from lambdas.api.auth.caller import Caller
from lambdas.api.backend import Backend
from lambdas.api.clients.lookup import brands_of
from lambdas.api.coupons import records_2_0 as answers
from lambdas.api.coupons import views
from lambdas.api.coupons.changes import changed, checked
from lambdas.api.coupons.lists import CouponList, list_coupons
from lambdas.api.coupons.requests import (
    CouponAddRequest,
    CouponClientsRequest,
    CouponGetRequest,
    CouponListRequest,
    CouponUpdateRequest,
)
from lambdas.api.errors import MalformedRequestError, NotFoundError
from lambdas.api.http.values_2_0 import true
from lambdas.api.method import Method
from lambdas.catalog.coupon import Coupon
from lambdas.catalog.coupon_errors import CouponNotFoundError
from lambdas.orders.errors import InvalidOrderError, Problem
from lambdas.orders.model.queue import DEFAULT_BRAND_ID
from lambdas.records.clients.client import ClientRecords
from lambdas.records.coupons.coupon import CouponRecords
from lambdas.records.users.rights import SEE_CLIENT, Right


def _get(backend: Backend, request: CouponGetRequest, caller: Caller) -> Coupon:
    coupons = CouponRecords(backend.records)
    if request.coupon_id:
        found, field = coupons.get(request.coupon_id), "coupon_id"
    else:
        brand_id = DEFAULT_BRAND_ID if request.brand_id is None else request.brand_id
        found, field = coupons.find(brand_id, request.coupon_code or ""), "coupon_code"
    if found is None:
        raise caller.not_found(CouponNotFoundError(field))
    caller.admit_to_record(None, found.class_id)
    return found


def _list(backend: Backend, request: CouponListRequest, caller: Caller) -> CouponList:
    return list_coupons(CouponRecords(backend.records), request, caller)


def _add(backend: Backend, request: CouponAddRequest, caller: Caller) -> Coupon:
    brand_id = DEFAULT_BRAND_ID if request.class_id is None else request.class_id
    caller.admit(None, brand_id)
    _refuse_unknown_brand(backend, brand_id)
    blank = Coupon(coupon_code=request.coupon_code, class_id=brand_id, start=backend.service.now())
    return CouponRecords(backend.records).add(
        checked(changed(blank, request, backend.service.currency_of(brand_id)), backend.plans)
    )


def _update(backend: Backend, request: CouponUpdateRequest, caller: Caller) -> Coupon:
    def change(before: Coupon) -> Coupon:
        caller.admit_to_record(None, before.class_id)
        after = changed(before, request, before.currency)
        caller.admit(None, after.class_id)
        if after.class_id != before.class_id:
            _refuse_unknown_brand(backend, after.class_id)
        return checked(after, backend.plans, before=before)

    try:
        return CouponRecords(backend.records).update(request.coupon_id, change)
    except CouponNotFoundError as missing:
        raise caller.not_found(missing) from None


def _refuse_unknown_brand(backend: Backend, class_id: int) -> None:
    """Raise if there is no such brand. A mistyped number would make a coupon that a later brand of that number inherits."""
    brands = brands_of(backend)
    if class_id not in brands:
        text = f"no such brand; the brands here are {', '.join(map(str, brands))}"
        raise InvalidOrderError((Problem("class_id", text),))


def _add_clients(backend: Backend, request: CouponClientsRequest, caller: Caller) -> Coupon:
    coupon, client_ids = _upkept(backend, request, caller)
    clients = ClientRecords(backend.records)
    for client_id in client_ids:
        if clients.brand_of(client_id) != coupon.class_id:
            raise NotFoundError(f"Client ID '{client_id}'", "client_id")
    return CouponRecords(backend.records).add_clients(coupon.coupon_id, client_ids)


def _delete_clients(backend: Backend, request: CouponClientsRequest, caller: Caller) -> Coupon:
    coupon, client_ids = _upkept(backend, request, caller)
    return CouponRecords(backend.records).delete_clients(coupon.coupon_id, client_ids)


def _upkept(backend: Backend, request: CouponClientsRequest, caller: Caller) -> tuple[Coupon, tuple[str, ...]]:
    if not request.client_id:
        problem = Problem("client_id", "parameter not supplied")
        raise MalformedRequestError(problem, message="request failed: client_id parameter not supplied")
    coupon = CouponRecords(backend.records).get(request.coupon_id)
    if coupon is None:
        raise caller.not_found(CouponNotFoundError())
    caller.admit_to_record(None, coupon.class_id)
    return coupon, request.client_id


_ONE = {"coupon_id": "1"}
_CLIENTS = (*SEE_CLIENT, Right.MONEY)

METHODS: dict[str, Method] = {
    "order.coupon_get": Method(
        title="Get a coupon",
        request=CouponGetRequest,
        rights=(Right.VIEW,),
        verb=_get,
        answer=answers.coupon_and_parts,
        view=views.coupon_view,
        reads=True,
        example=_ONE,
    ),
    "order.coupon_list": Method(
        title="List coupons",
        request=CouponListRequest,
        rights=(Right.VIEW,),
        verb=_list,
        answer=answers.coupons,
        view=views.coupons_view,
        reads=True,
        example={"active": True, "order_by": "coupon_code", "limit": 50},
    ),
    "order.coupon_add": Method(
        title="Add a coupon",
        request=CouponAddRequest,
        rights=(Right.MONEY,),
        verb=_add,
        answer=answers.coupon_id,
        view=views.coupon_view,
        status=201,
        example={"coupon_code": "SPRING", "description": "Spring sale", "discount_value": "10", "max_uses": 100},
    ),
    "order.coupon_update": Method(
        title="Change a coupon",
        request=CouponUpdateRequest,
        rights=(Right.MONEY,),
        verb=_update,
        answer=true,
        view=views.coupon_view,
        example={**_ONE, "max_uses": 200},
    ),
    "order.coupon_client_add": Method(
        title="Let a coupon be for these clients only",
        request=CouponClientsRequest,
        rights=_CLIENTS,
        verb=_add_clients,
        answer=true,
        view=views.coupon_view,
        example={**_ONE, "client_id": "101"},
    ),
    "order.coupon_client_delete": Method(
        title="Take clients off a coupon",
        request=CouponClientsRequest,
        rights=_CLIENTS,
        verb=_delete_clients,
        answer=true,
        view=views.coupon_view,
        example={**_ONE, "client_id": ["101", "102"]},
    ),
}
