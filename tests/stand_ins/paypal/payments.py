"""What each call does, and when PayPal refuses it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tests.stand_ins.paypal.books import (
    LIFE_SECONDS,
    RENEWABLE_SECONDS,
    Books,
    Json,
    Refusal,
    part,
    seconds,
    sum_of,
    unprocessable,
)

APPROVED, DECLINED, CAPTURE_DECLINED, CANCELED = "approved", "declined", "capture declined", "canceled"


def create(books: Books, given: Json, page: str) -> Json:
    (unit,) = given["purchase_units"]
    amount = unit["amount"]
    if given["intent"] not in ("AUTHORIZE", "CAPTURE") or Decimal(amount["value"]) <= 0:
        raise Refusal(400, "INVALID_REQUEST", "INVALID_PARAMETER_VALUE")
    if amount["currency_code"] in ("JPY", "HUF", "TWD") and "." in amount["value"]:
        raise unprocessable("DECIMALS_NOT_SUPPORTED")
    name = books.new_id()
    context = given["payment_source"]["paypal"]["experience_context"]
    order = {
        "id": name,
        "intent": given["intent"],
        "status": "PAYER_ACTION_REQUIRED",
        "purchase_units": [{"reference_id": "default", **unit}],
        "create_time": books.time(),
        "links": [{"rel": "payer-action", "href": f"{page}?token={name}", "method": "GET"}],
    }
    books.orders[name] = order
    books.choices[name] = ""
    order["_back"] = {"approved": context.get("return_url", ""), "canceled": context.get("cancel_url", "")}
    return order


def choose(books: Books, name: str, choice: str) -> str:
    """What the payer chooses on PayPal's page; returns where their browser goes."""
    order = books.order(name)
    if order["status"] not in ("PAYER_ACTION_REQUIRED", "APPROVED"):
        raise Refusal(404, "RESOURCE_NOT_FOUND")
    if choice == CANCELED:
        back = order["_back"]["canceled"]
        return f"{back}&token={name}" if back else ""
    books.choices[name] = choice
    order["status"] = "APPROVED"
    books.tell("CHECKOUT.ORDER.APPROVED", public(books, order))
    back = order["_back"]["approved"]
    return f"{back}&token={name}&PayerID=PAYER{name[-4:]}" if back else ""


def public(books: Books, order: Json) -> Json:
    return {name: value for name, value in books.shown(order).items() if not name.startswith("_")}


def authorize(books: Books, order: Json) -> Json:
    _refuse_unready(books, order, "ORDER_ALREADY_AUTHORIZED")
    ends = {"expiration_time": books.time(LIFE_SECONDS)}
    hold = part(books, order, order["purchase_units"][0]["amount"], f"/v2/checkout/orders/{order['id']}", **ends)
    books.authorizations[hold["id"]] = hold | {"status": "CREATED"}
    order["status"] = "COMPLETED"
    books.tell("PAYMENT.AUTHORIZATION.CREATED", books.authorizations[hold["id"]])
    return public(books, order)


def capture_order(books: Books, order: Json) -> Json:
    _refuse_unready(books, order, "ORDER_ALREADY_CAPTURED")
    is_taken = books.choices[order["id"]] != CAPTURE_DECLINED
    _take(books, order, order["purchase_units"][0]["amount"], f"/v2/checkout/orders/{order['id']}", is_taken=is_taken)
    order["status"] = "COMPLETED"
    return public(books, order)


def capture(books: Books, name: str, given: Json) -> Json:
    hold = _hold(books, name)
    order = _order_of(books, hold)
    if hold["status"] in ("CAPTURED", "PARTIALLY_CAPTURED"):
        raise unprocessable("AUTHORIZATION_ALREADY_CAPTURED")
    _refuse_ended(books, hold)
    amount = given.get("amount") or hold["amount"]
    if Decimal(amount["value"]) > Decimal(hold["amount"]["value"]):
        raise unprocessable("MAX_CAPTURE_AMOUNT_EXCEEDED")
    is_taken = books.choices[order["id"]] != CAPTURE_DECLINED
    if is_taken:
        is_part = Decimal(amount["value"]) < Decimal(hold["amount"]["value"]) and not given.get("final_capture")
        hold |= {"status": "PARTIALLY_CAPTURED" if is_part else "CAPTURED", "update_time": books.time()}
    return _take(books, order, amount, f"/v2/payments/authorizations/{name}", is_taken=is_taken)


def void(books: Books, name: str) -> Json:
    hold = _hold(books, name)
    if hold["status"] in ("CAPTURED", "PARTIALLY_CAPTURED"):
        raise unprocessable("PREVIOUSLY_CAPTURED")
    if hold["status"] == "VOIDED":
        raise unprocessable("PREVIOUSLY_VOIDED")
    hold |= {"status": "VOIDED", "update_time": books.time()}
    books.tell("PAYMENT.AUTHORIZATION.VOIDED", hold)
    return hold


def reauthorize(books: Books, name: str, given: Json) -> Json:
    """Once, from the fourth day on. The new hold takes the place of the old one."""
    hold = _hold(books, name)
    order = _order_of(books, hold)
    _refuse_ended(books, hold)
    if hold["status"] != "CREATED":
        raise unprocessable("AUTHORIZATION_ALREADY_CAPTURED")
    if hold.get("_is_renewal"):
        raise unprocessable("REAUTHORIZATION_NOT_SUPPORTED")
    if books.now() < seconds(hold["create_time"]) + RENEWABLE_SECONDS:
        raise unprocessable("REAUTHORIZATION_TOO_SOON")
    if books.choices[order["id"]] == DECLINED:
        raise unprocessable("INSTRUMENT_DECLINED")
    hold |= {"status": "VOIDED", "update_time": books.time()}
    ends = {"expiration_time": books.time(LIFE_SECONDS), "status": "CREATED", "_is_renewal": True}
    fresh = part(books, order, given.get("amount") or hold["amount"], f"/v2/checkout/orders/{order['id']}", **ends)
    books.authorizations[fresh["id"]] = fresh
    books.tell("PAYMENT.AUTHORIZATION.CREATED", fresh)
    return fresh


def refund(books: Books, name: str, given: Json) -> Json:
    found = read_capture(books, name)
    mine = [each for each in books.refunds.values() if each["links"][0]["href"].endswith(f"/{name}")]
    left = Decimal(found["amount"]["value"]) - sum_of(mine)
    if not left:
        raise unprocessable("CAPTURE_FULLY_REFUNDED")
    amount = given.get("amount") or {**found["amount"], "value": str(left)}
    if Decimal(amount["value"]) > left:
        raise unprocessable("REFUND_AMOUNT_EXCEEDED")
    more = {"custom_id": given.get("custom_id", ""), "status": "COMPLETED"}
    made = part(books, _order_of(books, found), amount, f"/v2/payments/captures/{name}", **more)
    books.refunds[made["id"]] = made
    found["status"] = "REFUNDED" if Decimal(amount["value"]) == left else "PARTIALLY_REFUNDED"
    told = {
        name: value for name, value in made.items() if name != "supplementary_data"
    }  # it links to its capture alone
    books.tell("PAYMENT.CAPTURE.REFUNDED", told)
    return made


def read_capture(books: Books, name: str) -> Json:
    found = books.captures.get(name)
    if found is None:
        raise Refusal(404, "RESOURCE_NOT_FOUND")
    return found


def _take(books: Books, order: Json, amount: Json, up: str, *, is_taken: bool) -> Json:
    made = part(books, order, amount, up, status="COMPLETED" if is_taken else "DECLINED", final_capture=True)
    books.captures[made["id"]] = made
    books.tell(f"PAYMENT.CAPTURE.{made['status']}", made)
    return made


def _refuse_unready(books: Books, order: Json, already: str) -> None:
    if order["status"] == "COMPLETED":
        raise unprocessable(already)
    if order["status"] != "APPROVED":
        raise unprocessable("ORDER_NOT_APPROVED")
    if books.choices[order["id"]] == DECLINED:
        order["status"] = "PAYER_ACTION_REQUIRED"
        raise unprocessable("INSTRUMENT_DECLINED")
    if order["purchase_units"][0].get("invoice_id") in books.paid_invoices():
        raise unprocessable("DUPLICATE_INVOICE_ID")


def _refuse_ended(books: Books, hold: Json) -> None:
    if hold["status"] == "VOIDED":
        is_late = seconds(hold["update_time"]) > seconds(hold["expiration_time"])
        raise unprocessable("AUTHORIZATION_EXPIRED" if is_late else "AUTHORIZATION_VOIDED")


def _hold(books: Books, name: str) -> Json:
    found = books.authorizations.get(name)
    if found is None:
        raise Refusal(404, "RESOURCE_NOT_FOUND")
    return found


def _order_of(books: Books, thing: Json) -> Json:
    return books.orders[thing["supplementary_data"]["related_ids"]["order_id"]]


Work = Callable[[Books, Any], Json]
