"""What a caller gets for what is not theirs, told from what the API answers.

*refused*: 403, in the same words as for what does not exist. *unknown*: the answer to what does not exist, word for word.
*left out*: a list without it. *yes*: the call names nothing of anybody. *shows*: what must not be: an answer that tells what
is somebody else's from what is not there.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from lambdas.api.queues.editing import METHODS as EDITING
from lambdas.records.users.rights import Grant, Right
from tests.unit.api.conftest import Answer
from tests.unit.api.matrix.places import NOBODY, OTHER_BRAND, OTHER_CLIENT, OURS, Place
from tests.unit.api.matrix.rows import Row
from tests.unit.api.matrix.world import PASSWORD, World

# Column -> what its caller may do, and whose things they ask for.
FOREIGN: dict[str, tuple[Grant, Place]] = {
    "foreign client": (
        Grant(rights=frozenset(Right), queues=frozenset({OURS.queue}), brands=frozenset({OURS.brand})),
        OTHER_CLIENT,
    ),
    "foreign brand": (Grant(rights=frozenset(Right), brands=frozenset({OURS.brand})), OTHER_BRAND),
}
NAMELESS = Grant(rights=frozenset(Right) - {Right.PERSONAL_DATA})

Parameters = dict[str, Any]
# What is asked without the right to personal data, where the example would find nothing or be refused for another reason.
_OWN: dict[str, Parameters] = {
    "order.assign": {"order_id": "1", "wait": "reply"},
    "order.create": {"order_queue_id": 1, "listed_company": OURS.name, "info": {"first": OURS.name}},
    "order.list": {"order_queue_id": 1, "limit": 2},
    "order.search": {"query": "order_id"},
    "order.submit": {"order_id": "1"},
    "order.update (move)": {"order_id": "1", "step_name": "Ready", "reason": "known"},
    "order.update (change and move)": {"order_id": "1", "step_name": "Ready", "priority": 2, "reason": "known"},
}
# What is refused whoever asks: queues are files, and these orders have neither a stopped machine nor a challenge.
_BULK_RUNS = {"order.bulk_run", "order.bulk_get", "order.bulk_stop"}  # there is none, and no preview of that name
_NEVER_DONE = (
    _BULK_RUNS
    | {"order.pause", "order.resume", "order.restart", "order.threedsecure2_payment", "order.threedsecure2_process"}
    | set(EDITING)
)
_MISSING = {"order": "999999", "quote": "999999", "invoice": "1999999999", "coupon": "999999", "attachment": "9999991"}
_KINDS: dict[str, Callable[[Place, dict[str, str]], Any]] = {
    "order_id": lambda place, ids: ids["order"],
    "order_ids": lambda place, ids: ids["order"],
    "client_id": lambda place, ids: place.client_id,
    "user_login": lambda place, ids: place.name,
    "login": lambda place, ids: place.name,
    "pass": lambda place, ids: PASSWORD,
    "quote_id": lambda place, ids: ids["quote"],
    "invoice_id": lambda place, ids: ids["invoice"],
    "inv_id": lambda place, ids: ids["invoice"],
    "coupon_id": lambda place, ids: ids["coupon"],
    "attach_id": lambda place, ids: ids["attachment"],
    "order_queue_id": lambda place, ids: place.queue,
    "order_step_id": lambda place, ids: place.step,
    "step_id": lambda place, ids: place.step,
    "order_action_id": lambda place, ids: place.action,
    "brand_id": lambda place, ids: place.brand,
    "class_id": lambda place, ids: place.brand,
    "opportunity_id": lambda place, ids: place.queue,
    "email": lambda place, ids: f"{place.name}@example.com",
    "coupon_code": lambda place, ids: f"OF-{place.name}",
}
# What is asked of a method in place of its example: `ours` keeps a parameter at what is the caller's own.
_OURS = "ours"
_ASKED: dict[str, tuple[Parameters, ...]] = {
    "client.add": ({"brand_id": 1, "first": "Ada", "email": "ada@example.com", "country": "GB"},),
    "client.get": ({"client_id": "1"}, {"user_login": "1"}, {"email": "1"}),
    "client.quote_add": (
        {"client_id": "1", "name": "x", "owner": "sales", "order_queue_id": 1},
        {"client_id": "1", "name": "x", "owner": "sales", "order_queue_id": _OURS},
        {"client_id": _OURS, "name": "x", "owner": "sales", "order_queue_id": 1},
    ),
    "client.service_list": ({"order_id": "1"}, {"client_id": "1"}, {"client_id": "1", "order_id": _OURS}),
    "order.coupon_add": (
        {"coupon_code": "SPRING", "description": "ten", "discount_value": "10", "class_id": 1},
        {"coupon_code": "OF-GRACE-OF-ARLINGTON", "description": "ten", "class_id": 1},
    ),
    "order.coupon_get": ({"coupon_id": "1"}, {"coupon_code": "1", "brand_id": 1}),
    "order.coupon_list": ({"class_id": 1}, {"class_id": 1, "include_clients": 1}),
    "order.coupon_update": ({"coupon_id": "1", "max_uses": 3}, {"coupon_id": _OURS, "class_id": 1}),
    "order.coupon_client_add": ({"coupon_id": "1", "client_id": "1"}, {"coupon_id": _OURS, "client_id": "1"}),
    "order.create": ({"order_queue_id": 1, "info": {"pack1": {"plan_id": "1"}}},),
    "order.create (for a client)": ({"order_queue_id": _OURS, "client_id": "1"},),
    "order.create (stored method)": ({"order_queue_id": _OURS, "client_id": "1", "info": {"billing_info_id": "7"}},),
    "order.update (for a client)": ({"order_id": _OURS, "client_id": "1"}, {"order_id": "1", "client_id": _OURS}),
    "order.update (move)": ({"order_id": "1", "step_id": 1, "reason": "x"}, {"order_id": _OURS, "step_id": 1, "reason": "x"}),
    "order.get": ({"order_id": "1"}, {"order_id": "1", "at": "1"}),
    "order.list": (
        {"order_queue_id": 1}, {"order_step_id": 1}, {"client_id": "1"}, {"brand_id": 1},
        {"brand_id": 1, "client_id": "1"}, {"order_queue_id": _OURS, "client_id": "1"}, {"opportunity_id": 1},
    ),
    "order.search": (
        {"query": "login"}, {"query": "email"}, {"query": "order_id"}, {"query": "client_id"}, {"query": "invoice_id"},
    ),
    "order.bulk_preview": (
        {"verb": "retry", "order_queue_id": 1}, {"verb": "retry", "order_step_id": 1}, {"verb": "retry", "order_ids": "1"},
        {"verb": "retry", "client_id": "1"},
    ),
    "order.queue_list": ({"brand_id": 1},),
    "order.process": ({"order_id": "1", "order_action_id": 1}, {"order_id": _OURS, "order_action_id": 1}),
    "uber.attachment_list": ({"order_id": "1"},),
}  # fmt: skip


def questions(row: Row) -> Iterator[Parameters]:
    yield from _ASKED.get(row.label, (row.parameters,))


def about(place: Place, world: World, asked: Parameters) -> Parameters:
    """`asked`, of this place's things. A query names the kind of what is looked for."""
    ids, ours = world.named.get(place, _MISSING), world.named[OURS]
    kinds = {name: value if name == "query" else name for name, value in asked.items()}
    return {
        name: value
        if kinds[name] not in _KINDS
        else _KINDS[kinds[name]](*((OURS, ours) if value == _OURS else (place, ids)))
        for name, value in asked.items()
    }


def foreign_cell(world: World, row: Row, column: str) -> str:
    """Of all that is asked of the method; several, where its parameters are answered differently."""
    grant, place = FOREIGN[column]
    found = {_told(world, world.user(grant), row, asked, place) for asked in questions(row)}
    return ", ".join(sorted(found))


def _told(world: World, user: tuple[str, str], row: Row, asked: Parameters, place: Place) -> str:
    nobody = replace(NOBODY, brand=NOBODY.brand if place.brand != OURS.brand else OURS.brand)
    theirs, nothing = about(place, world, asked), about(nobody, world, asked)
    answer = world.ask(user, row.name, theirs)
    if theirs == nothing and not _says(answer, place):
        return "refused" if answer.status == 403 else "yes"
    missing = world.ask(user, row.name, nothing)
    if said(answer, theirs) != said(missing, nothing) or _says(answer, place):
        return "shows"
    return "refused" if answer.status == 403 else "unknown" if answer.status >= 400 else "left out"


def said(answer: Answer, asked: Parameters) -> tuple[int, str]:
    """What a caller can tell answers by: all but the names they sent themselves."""
    text = re.sub(r'("(?:preview|expires_at)": )"[^"]*"', r"\1_", json.dumps(answer.body, sort_keys=True))
    names = {str(value) for key, value in asked.items() if key in _KINDS or key == "query"}
    for name in sorted((name for name in names if len(name) > 2), key=len, reverse=True):
        text = text.replace(name, "_")
    return answer.status, text


def is_there(row: Row, asked: Parameters, place: Place) -> bool:
    """Whether somebody who may see everything gets what this asks for: a client of another brand is on no order of ours."""
    if _OURS not in asked.values():
        return row.name != "order.diff_contract"  # of an order that was not made from a contract
    return place.brand == OURS.brand and not {"step_id", "order_action_id"} & asked.keys()


def nameless_cell(world: World, row: Row) -> str:
    """*refused*, or *redacted*: an answer that says who somebody is to those who may know, and not to this caller; or *yes*:
    an answer that says it to nobody."""
    user, redacted = world.user(NAMELESS), False
    if _is_refused(world.ask(user, row.name, about(OURS, world, row.parameters))):
        return "refused"
    for ask in (world.ask, world.ask_as_before):
        told = ask(user, row.name, _own(world, row))
        done = told.status < 400 and (ask == world.ask or told.body.get("status", True))
        assert done or row.name in _NEVER_DONE, f"{row.label}: {told.body}"
        if _says(told, OURS):
            return "shows"
        redacted = redacted or _says(ask(world.admin, row.name, _own(world, row)), OURS)
    return "redacted" if redacted else "yes"


def _is_refused(answer: Answer) -> bool:
    return bool(answer.body.get("type") == "urn:order-queues:problem:not_allowed")


def _says(answer: Answer, place: Place) -> bool:
    return place.name in json.dumps(answer.body, default=str)


def _own(world: World, row: Row) -> Parameters:
    """The call as it would be made of the caller's own, with an order and a quote that nobody has touched."""
    asked = about(OURS, world, _OWN.get(row.label, row.parameters))
    if row.name == "order.diff_contract":
        asked["order_id"] = world.differing_order(OURS)
    elif "order_id" in asked and not row.method.reads:
        asked["order_id"] = world.order(OURS, submitted=row.name == "order.process" or "move" in row.label)
    if row.label == "order.process (undo_skip)":
        assert world.caller.call("order.process", {**asked, "undo_skip": 0, "skip": 1, "reason": "x"}).status == 200
    if row.name == "order.coupon_add":
        asked["coupon_code"] = f"NEW-{len(world.stored())}"
    return asked
