"""Pay with what somebody else has stored, order in somebody else's name, or find out who there is."""

from uuid import uuid4

import pytest

from lambdas.records.users.rights import ROLES, Grant, Right
from tests.attack.conftest import CallAs
from tests.flow.conftest import Shop, new_client_order

PACK = {"pack1": {"plan_id": "1"}}


@pytest.fixture
def victim(shop: Shop) -> dict[str, str]:
    """A client with a card stored."""
    person = {"first": "Ada", "last": "Lovelace", "email": f"ada-{uuid4().hex[:8]}@example.com", "country": "GB"}
    client_id = str(shop.done("client.add", person)["client_id"])
    card = {"cc_num": "4242", "cc_token": "tok_approve", "cc_type": "visa", "cc_expire": "1230", "country": "GB"}
    stored = shop.done("client.cc_add", {"client_id": client_id, **card})["billing_info_id"]
    return {"client_id": client_id, "billing_info_id": str(stored)}


CREATES = Grant(rights=frozenset({Right.CREATE}), queues=frozenset({1}))
SALES_OF_A_QUEUE = Grant(rights=ROLES["sales"], queues=frozenset({1}))


@pytest.mark.parametrize("grant", [CREATES, SALES_OF_A_QUEUE, Grant(rights=ROLES["sales"])])
def test_a_user_of_one_queue_pays_with_a_strangers_stored_card(
    call_as: CallAs, shop: Shop, victim: dict[str, str], grant: Grant
) -> None:
    stored = {"info": {**PACK, "payment_type": "cc", "billing_info_id": victim["billing_info_id"]}}
    assert (
        call_as(grant, "order.create", {"order_queue_id": 1, "client_id": victim["client_id"], **stored}).status_code
        == 403
    )

    order_id = str(shop.done("order.create", new_client_order())["order_id"])
    for spelling in (
        stored,
        {"card_id": victim["billing_info_id"], "card_stored": 1},
        {"ach_id": victim["billing_info_id"]},
    ):
        change = {"order_id": order_id, "client_id": victim["client_id"], **spelling}
        assert call_as(grant, "order.update", change).status_code == 403
    order = shop.order(order_id)
    assert (order["client_id"], order["info"].get("billing_info_id"), order["changed_how"]) == (None, None, "create")


def test_a_card_that_another_client_stored_is_charged_after_the_order_changed_hands(
    shop: Shop, victim: dict[str, str]
) -> None:
    """By somebody who may do everything: numbers of stored methods are small, and those of two clients may be the same."""
    other = str(
        shop.done("client.add", {"first": "Grace", "last": "Hopper", "email": "grace@example.com"})["client_id"]
    )
    paid = {**PACK, "payment_type": "cc", "billing_info_id": victim["billing_info_id"]}
    order = shop.done("order.create", {"order_queue_id": 1, "client_id": victim["client_id"], "info": paid})

    moved = shop.call("order.update", {"order_id": order["order_id"], "client_id": other})
    assert (moved.status_code, moved.json()["errors"][0]["field"]) == (422, "info.billing_info_id")
    foreign = shop.call("order.create", {"order_queue_id": 1, "client_id": other, "info": paid})
    assert (foreign.status_code, foreign.json()["errors"][0]["field"]) == (422, "info.billing_info_id")


def test_a_lead_that_waits_with_a_stored_card_is_submitted_by_who_may_only_create(
    call_as: CallAs, shop: Shop, victim: dict[str, str]
) -> None:
    paid = {**PACK, "payment_type": "cc", "billing_info_id": victim["billing_info_id"]}
    order = shop.done("order.create", {"order_queue_id": 1, "client_id": victim["client_id"], "info": paid})

    assert call_as(CREATES, "order.submit", {"order_id": order["order_id"]}).status_code == 403
    assert shop.order(order["order_id"])["step"]["status"] == "leads"
    admin = Grant(rights=ROLES["admin"])
    assert call_as(admin, "order.submit", {"order_id": order["order_id"]}).status_code == 200


@pytest.mark.parametrize("grant", [CREATES, SALES_OF_A_QUEUE, Grant(rights=ROLES["admin"], brands=frozenset({2}))])
def test_clients_are_counted_by_what_refusals_say(call_as: CallAs, victim: dict[str, str], grant: Grant) -> None:
    for method, more in (
        ("order.create", {"order_queue_id": 1}),
        ("client.get", {}),
        ("client.invoice_list", {}),
        ("client.payment_method_list", {}),
        ("client.quote_list", {}),
    ):
        there, nobody = (
            call_as(grant, method, {**more, "client_id": each}) for each in (victim["client_id"], "999999")
        )
        assert (there.status_code, there.json()) == (403, nobody.json()), method
