"""The API's calls: which function answers which method and path, with keys, faults and lists."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tests.stand_ins.stripe import charges, checkout, disputes, intents, methods, refunds
from tests.stand_ins.stripe.books import Books
from tests.stand_ins.stripe.faults import Fault, Faults
from tests.stand_ins.stripe.forms import Json, parameters, refuse_unknown
from tests.stand_ins.stripe.keys import Keys
from tests.stand_ins.stripe.refusals import Refusal, broken, forbidden, invalid, missing, too_many, unauthorized

_NAME = r"([A-Za-z0-9_]+)"
_LISTED = {
    "payment_intents": "pi",
    "refunds": "re",
    "disputes": "dp",
    "customers": "cus",
    "charges": "ch",
    "events": "evt",
}
_FILTERS = frozenset({"customer", "payment_intent", "type"})
_PAGE, _LARGEST_PAGE = 10, 100
_CALLS: tuple[tuple[str, Callable[..., Json]], ...] = (
    (r"POST /v1/payment_intents", intents.create),
    (rf"GET /v1/payment_intents/{_NAME}", intents.retrieve),
    (rf"POST /v1/payment_intents/{_NAME}/confirm", intents.confirm),
    (rf"POST /v1/payment_intents/{_NAME}/capture", intents.capture),
    (rf"POST /v1/payment_intents/{_NAME}/cancel", intents.cancel),
    (r"POST /v1/refunds", refunds.create),
    (rf"GET /v1/refunds/{_NAME}", refunds.retrieve),
    (r"POST /v1/customers", methods.create_customer),
    (rf"GET /v1/customers/{_NAME}", methods.retrieve_customer),
    (rf"GET /v1/payment_methods/{_NAME}", methods.retrieve_method),
    (rf"POST /v1/payment_methods/{_NAME}/attach", methods.attach),
    (rf"POST /v1/payment_methods/{_NAME}/detach", methods.detach),
    (r"POST /v1/checkout/sessions", checkout.create),
    (rf"GET /v1/checkout/sessions/{_NAME}", checkout.retrieve),
    (rf"POST /v1/checkout/sessions/{_NAME}/expire", checkout.expire),
)


class Call(NamedTuple):
    """`name`: method and path, as `POST /v1/refunds`. `text`: the form, or the query of a GET."""

    name: str
    text: str
    secret: str
    idempotency_key: str

    @property
    def is_write(self) -> bool:
        return self.name.startswith("POST ")


class Answer(NamedTuple):
    status: int
    body: Json
    replayed: bool = False


@dataclass
class Api:
    """`secrets`: the API keys that are valid; `restricted` ones may do nothing."""

    books: Books
    secrets: set[str]
    restricted: set[str] = field(default_factory=set)
    keys: Keys = field(default_factory=Keys)
    faults: Faults = field(default_factory=Faults)
    calls: list[Call] = field(default_factory=list)  # all that were answered or cut, in order

    def answer(self, call: Call, fault: Fault | None) -> Answer:
        try:
            with self.books.lock:
                self._refuse_strangers(call)
                if fault is Fault.TOO_MANY:
                    raise too_many()
                if fault is Fault.TWIN:
                    raise Refusal(
                        409, "invalid_request_error", "Another call is at work.", code="idempotency_key_in_use"
                    )
                self.settle()
                return self._once(call, fault) if call.is_write and call.idempotency_key else self._work(call, fault)
        except Refusal as refusal:
            return _refused(refusal)

    def settle(self) -> None:
        for each in (charges, refunds, disputes, checkout):
            each.settle(self.books)

    def _refuse_strangers(self, call: Call) -> None:
        if call.secret in self.restricted:
            raise forbidden()
        if call.secret not in self.secrets:
            raise unauthorized(call.secret)

    def _once(self, call: Call, fault: Fault | None) -> Answer:
        key = call.idempotency_key
        known = self.keys.begin(key, call.name, call.text, self.books.now())
        if known is not None:
            return Answer(known.status, known.body, replayed=True)
        try:
            answer = self._work(call, fault)
        except Refusal as refusal:
            answer = _refused(refusal)
            if not refusal.kept:
                self.keys.forget(key)
                return answer
        self.keys.keep(key, answer)
        return answer

    def _work(self, call: Call, fault: Fault | None) -> Answer:
        if fault is Fault.STORED_500_BEFORE:
            raise broken()
        given = parameters(call.text)
        shown = self.books.expanded(self._find_work(call, given), given.get("expand", ()))
        if fault is Fault.STORED_500_AFTER:
            raise broken()
        return Answer(200, shown)

    def _find_work(self, call: Call, given: Json) -> Json:
        for pattern, work in _CALLS:
            if matched := re.fullmatch(pattern, call.name):
                return work(self.books, *matched.groups(), given)
        kind = call.name.removeprefix("GET /v1/")
        if kind in _LISTED:
            return self._list(kind, given)
        raise missing("path", call.name)

    def _list(self, kind: str, given: Json) -> Json:
        """Newest first. Filters: `created` with gte and lt, and fields that an object has."""
        refuse_unknown(given, {*_FILTERS, "created", "limit", "starting_after"})
        limit = int(given.get("limit", _PAGE))
        if not 1 <= limit <= _LARGEST_PAGE:
            raise invalid("Limit must be between 1 and 100", param="limit")
        found = [each for each in self.books.all(_LISTED[kind]) if _fits(each, given)]
        if after := given.get("starting_after"):
            found = found[1 + [each["id"] for each in found].index(after) :]
        url = f"/v1/{kind}"
        return {"object": "list", "url": url, "data": found[:limit], "has_more": len(found) > limit}


def _fits(each: Json, given: Mapping[str, Any]) -> bool:
    created = given.get("created", {})
    if not int(created.get("gte", 0)) <= each["created"] < int(created.get("lt", 2**40)):
        return False
    return all(each.get(name) == given[name] for name in _FILTERS if name in given)


def _refused(refusal: Refusal) -> Answer:
    return Answer(refusal.status, {"error": refusal.error})
