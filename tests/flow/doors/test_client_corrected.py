"""A client's data is corrected after their order made the client: the record is changed, and found by what is so now."""

import pytest

from tests.flow.conftest import Shop, new_client_order

pytestmark = pytest.mark.engine


def test_an_address_is_corrected_after_the_client_was_made(shop: Shop) -> None:
    wrong, right = "ada@exmaple.example", "ada@Bücher.example"
    order = new_client_order(email=wrong, first="ශ්‍රී", phone="020 7946 0018", uber_login="ada-of-the-correction")
    order_id = shop.done("order.create", order)["order_id"]
    shop.done("order.submit", {"order_id": order_id})
    client_id = shop.until_step(order_id, "complete")["client_id"]
    made = shop.done("client.get", {"client_id": client_id})
    assert (made["first"], made["email"], made["phone"]) == ("ශ්‍රී", wrong, "+44 20 7946 0018")

    changes = {"email": right, "uber_login": "ada-corrected"}
    assert shop.done("client.update", {"client_id": client_id, **changes})["email"] == "ada@xn--bcher-kva.example"

    assert shop.done("client.get", {"email": right})["client_id"] == client_id
    assert shop.done("client.get", {"user_login": "ada-corrected"})["client_id"] == client_id
    assert shop.call("client.get", {"email": wrong}).status_code == 404
    assert shop.call("client.get", {"user_login": "ada-of-the-correction"}).status_code == 404


def test_contact_data_of_a_complete_order_is_corrected_and_the_order_rests(shop: Shop) -> None:
    order_id = shop.done("order.create", new_client_order())["order_id"]
    shop.done("order.submit", {"order_id": order_id})
    complete = shop.until_step(order_id, "complete")

    said = {"order_id": order_id, "info": {"phone": "020 7946 0019"}, "reason": "a digit was wrong"}
    corrected = shop.done("order.contact_update", said)

    assert corrected["info"] == {**complete["info"], "phone": "+44 20 7946 0019"}
    assert (corrected["changed_how"], corrected["changed_because"]) == ("contact", "a digit was wrong")
    same = ("step", "total", "services", "actions", "waits", "client_id")
    assert {key: corrected[key] for key in same} == {key: complete[key] for key in same}
    assert shop.done("client.get", {"client_id": complete["client_id"]})["phone"] == complete["info"].get("phone", "")
