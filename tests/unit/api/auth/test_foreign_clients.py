"""Whom an order is for, and whose stored card pays it: only who may see that client, and pay so, may say it."""

from typing import Any

import pytest

from lambdas.records.clients.client import ClientRecords
from lambdas.records.clients.stored_methods import PaymentMethodRecords
from lambdas.records.table import RecordTable
from lambdas.records.users.rights import ROLES, Grant, Right
from tests.support.build import CONTACT, a_queue
from tests.unit.api.auth.test_rights import as_user
from tests.unit.api.conftest import Answer, Caller
from tests.unit.records.builders import CARD_METHOD, a_client

PACK = {"pack1": {"plan_id": "1"}}
OTHER_QUEUE, OTHER_BRAND = 9, 2
OURS, THEIRS, NOBODY = "101", "102", "103"
SELLS = frozenset({Right.VIEW, Right.CREATE, Right.PERSONAL_DATA})
PAYS = SELLS | {Right.STORED_METHODS}

ONLY_CREATES = Grant(rights=frozenset({Right.CREATE}), queues=frozenset({1}))
OF_ONE_QUEUE = Grant(rights=frozenset(Right), queues=frozenset({1}))
OF_ONE_BRAND = Grant(rights=frozenset(Right), brands=frozenset({1}))


@pytest.fixture
def shop(caller: Caller, records: RecordTable) -> Caller:
    """Two brands with a queue and a client each; each client has a card stored, under the same small number."""
    clients, methods = ClientRecords(records), PaymentMethodRecords(records)
    for client_id, brand_id in ((OURS, 1), (THEIRS, OTHER_BRAND)):
        clients.add(a_client(client_id=client_id, brand_id=brand_id, order_id=None, uber_login=f"of-{client_id}"))
        records.put_new({"pk": f"client#{client_id}", "sk": "payment_method#7", **_stored("7")})
    methods.add(OURS, CARD_METHOD.model_copy(update={"token": "tok_other"}), is_default=False)
    return caller.selling_in(a_queue(order_queue_id=OTHER_QUEUE, brand_id=OTHER_BRAND))


def _stored(billing_info_id: str) -> dict[str, Any]:
    return {"billing_info_id": billing_info_id, **CARD_METHOD.model_dump()}


def an_order(caller: Caller, **changes: Any) -> str:
    sent = {"order_queue_id": 1, "info": {**CONTACT, **PACK}, **changes}
    answer = caller.call("order.create", sent)
    assert answer.status == 201, answer.body
    return str(answer.body["order_id"])


def said(answer: Answer) -> tuple[int, Any]:
    """What a caller can tell answers by."""
    return answer.status, {key: value for key, value in answer.body.items() if key != "order_id"}


NAMED: dict[str, dict[str, Any]] = {
    "client_id": {"client_id": OURS},
    "client_id, as a number": {"client_id": int(OURS)},
    "billing_info_id": {"info": {**PACK, "billing_info_id": "7"}},
    "billing_info_id, as a number": {"info": {**PACK, "billing_info_id": 7}},
    "billing_info_id, with spaces": {"info": {**PACK, "billing_info_id": " 7 "}},
    "both": {"client_id": OURS, "info": {**PACK, "billing_info_id": "7"}},
}


@pytest.mark.parametrize("grant", [ONLY_CREATES, Grant(rights=frozenset({Right.CREATE})), OF_ONE_QUEUE])
@pytest.mark.parametrize("named", NAMED)
def test_who_may_not_see_a_client_makes_no_order_for_one(shop: Caller, grant: Grant, named: str) -> None:
    before = shop.orders_written()
    answer = as_user(shop, grant, "order.create", {"order_queue_id": 1, "info": PACK, **NAMED[named]})

    assert (answer.status, answer.body["type"]) == (403, "urn:order-queues:problem:not_allowed")
    assert shop.orders_written() == before


@pytest.mark.parametrize(
    "named", [*NAMED.values(), {"card_id": "7"}, {"card_id": 7, "card_stored": 1}, {"ach_id": "7"}]
)
def test_nor_says_so_of_an_order_there_is(shop: Caller, named: dict[str, Any]) -> None:
    order_id = an_order(shop)
    for grant in (ONLY_CREATES, OF_ONE_QUEUE):
        assert as_user(shop, grant, "order.update", {"order_id": order_id, **named}).status == 403
    assert shop.call("order.get", {"order_id": order_id}).body["revision"] == 1


def test_the_refusal_is_the_same_whether_they_exist_or_not(shop: Caller) -> None:
    order_id = an_order(shop)
    for grant in (ONLY_CREATES, OF_ONE_QUEUE):
        created, updated = [], []
        for client_id in (OURS, THEIRS, NOBODY):
            created.append(as_user(shop, grant, "order.create", {"order_queue_id": 1, "client_id": client_id}))
            change = {"order_id": order_id, "client_id": client_id, "card_id": "7"}
            updated.append(as_user(shop, grant, "order.update", change))
        for answers in (created, updated):
            assert said(answers[0]) == said(answers[1]) == said(answers[2])
            assert answers[0].status == 403


def test_a_client_of_another_brand_is_as_one_who_is_not_there(shop: Caller) -> None:
    order_id = an_order(shop)
    for grant in (Grant(rights=frozenset(Right)), OF_ONE_BRAND):
        for method, sent in (("order.create", {"order_queue_id": 1}), ("order.update", {"order_id": order_id})):
            foreign, nobody = (as_user(shop, grant, method, {**sent, "client_id": each}) for each in (THEIRS, NOBODY))
            assert said(foreign) == said(nobody)
            assert (foreign.status, foreign.body["errors"][0]["field"]) == (422, "client_id")


def test_a_stored_method_needs_a_right_of_its_own(shop: Caller) -> None:
    stored = {"order_queue_id": 1, "client_id": OURS, "info": {**PACK, "billing_info_id": "7"}}
    for_client = {**stored, "info": PACK}

    assert as_user(shop, Grant(rights=SELLS), "order.create", for_client).status == 201
    assert as_user(shop, Grant(rights=SELLS), "order.create", stored).status == 403
    assert as_user(shop, Grant(rights=PAYS), "order.create", stored).status == 201


def test_sending_back_what_was_read_names_nobody(shop: Caller) -> None:
    order_id = an_order(shop, client_id=OURS, info={**PACK, "billing_info_id": "7"})
    again = {"order_id": order_id, "client_id": OURS, "info": {"billing_info_id": "7", "phone": "020 7946 0018"}}

    assert as_user(shop, ONLY_CREATES, "order.update", again).status == 200
    other = {**again, "info": {"billing_info_id": "8"}}
    assert as_user(shop, ONLY_CREATES, "order.update", other).status == 403
    assert as_user(shop, ONLY_CREATES, "order.update", {"order_id": order_id, "client_id": "102"}).status == 403


def test_nobody_without_the_right_submits_an_order_that_a_stored_card_pays(shop: Caller) -> None:
    order_id = an_order(shop, client_id=OURS, info={**PACK, "billing_info_id": "7"})

    for method, more in (
        ("order.submit", {}),
        ("order.threedsecure2_payment", {"threedsecure": {"proof": "proof_authenticated"}}),
    ):
        assert as_user(shop, Grant(rights=SELLS), method, {"order_id": order_id, **more}).status == 403
    assert as_user(shop, Grant(rights=PAYS), "order.submit", {"order_id": order_id}).status == 200


@pytest.mark.parametrize("stored", ["8", "007", "7 "])
def test_a_stored_method_is_one_of_the_client_s(shop: Caller, stored: str) -> None:
    answer = shop.call("order.create", {"order_queue_id": 1, "client_id": OURS, "info": {"billing_info_id": stored}})

    expected = (201, None) if stored.strip() == "7" else (422, "info.billing_info_id")
    assert (answer.status, answer.body.get("errors", [{"field": None}])[0]["field"]) == expected


def test_no_stored_method_without_a_client(shop: Caller) -> None:
    answer = shop.call("order.create", {"order_queue_id": 1, "info": {**CONTACT, **PACK, "billing_info_id": "7"}})

    assert (answer.status, answer.body["errors"][0]["field"]) == (422, "info.billing_info_id")


def test_a_stored_method_does_not_stay_when_the_order_becomes_another_client_s(shop: Caller) -> None:
    """The other client has a card under the same number, which would be charged."""
    records = shop.api.backend.records
    ClientRecords(records).add(a_client(client_id="104", order_id=None, uber_login="grace"))
    records.put_new({"pk": "client#104", "sk": "payment_method#7", **_stored("7")})
    order_id = an_order(shop, client_id=OURS, info={**PACK, "billing_info_id": "7"})

    kept = shop.call("order.update", {"order_id": order_id, "client_id": "104"})
    assert (kept.status, kept.body["errors"][0]["field"]) == (422, "info.billing_info_id")
    chosen = shop.call("order.update", {"order_id": order_id, "client_id": "104", "info": {"billing_info_id": "7"}})
    assert (chosen.status, chosen.body["client_id"]) == (200, "104")
    none = shop.call("order.update", {"order_id": order_id, "client_id": OURS, "info": {"billing_info_id": ""}})
    assert (none.status, none.body["client_id"]) == (200, OURS)


def test_an_old_order_that_names_a_client_of_another_brand_is_not_submitted(shop: Caller) -> None:
    order_id = an_order(shop)
    store = shop.api.backend.service.store
    store.save(store.get(order_id).changed(client_id=THEIRS, info={**PACK, "billing_info_id": "7"}))

    answer = shop.call("order.submit", {"order_id": order_id})
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, "client_id")


BY_CLIENT: dict[str, dict[str, Any]] = {
    "client.get": {},
    "client.update": {"first": "Eve"},
    "client.cc_add": {"cc_num": "4242", "cc_token": "tok_approve", "country": "GB"},
    "client.payment_method_list": {},
    "client.payment_method_default": {"billing_info_id": "7"},
    "client.payment_method_remove": {"billing_info_id": "7"},
    "client.service_list": {},
    "client.invoice_list": {},
    "client.invoice_generate": {},
    "client.quote_list": {},
    "client.quote_add": {"name": "x", "owner": "sales", "order_queue_id": 1},
}


@pytest.mark.parametrize("method", BY_CLIENT)
@pytest.mark.parametrize("grant", [OF_ONE_QUEUE, OF_ONE_BRAND, Grant(rights=frozenset(Right), brands=frozenset({3}))])
def test_nobody_learns_which_clients_of_others_there_are(shop: Caller, method: str, grant: Grant) -> None:
    foreign, nobody = (
        as_user(shop, grant, method, {"client_id": each, **BY_CLIENT[method]}) for each in (THEIRS, NOBODY)
    )
    assert foreign.status == 403 or method == "client.quote_add"  # where the queue takes no quotes, which is said first
    assert said(foreign) == said(nobody)


def test_nor_by_login_or_address(shop: Caller) -> None:
    records = shop.api.backend.records
    ClientRecords(records).add(
        a_client(client_id="105", brand_id=OTHER_BRAND, order_id=None, uber_login="grace", email="grace@example.com")
    )
    for known, unknown in (
        ({"user_login": "grace"}, {"user_login": "nobody"}),
        ({"email": "grace@example.com"}, {"email": "nobody@example.com"}),
    ):
        foreign, nobody = (as_user(shop, OF_ONE_BRAND, "client.get", each) for each in (known, unknown))
        assert (foreign.status, said(foreign)) == (403, said(nobody))


@pytest.mark.parametrize("role", ["viewer", "sales"])
def test_the_roles_that_order_for_clients_do_not_pay_with_what_they_stored(shop: Caller, role: str) -> None:
    stored = {"order_queue_id": 1, "client_id": OURS, "info": {"billing_info_id": "7"}}

    assert as_user(shop, Grant(rights=ROLES[role]), "order.create", stored).status == 403
    assert as_user(shop, Grant(rights=ROLES["admin"]), "order.create", stored).status == 201
