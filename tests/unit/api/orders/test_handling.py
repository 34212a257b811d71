"""Staff say how urgent an order is, and correct its contact data."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.orders.decisions.operator.contact_correction import with_contact
from lambdas.orders.errors import InvalidOrderError
from lambdas.orders.model.order import Order
from lambdas.records.users.rights import ROLES, Grant, Right
from tests.support.build import CARD, CONTACT, NOW, a_service, an_order
from tests.unit.api.conftest import Answer, Caller

HOSTILE = "<img src=x onerror=alert(1)><cwdb-action>&"


@pytest.fixture
def order_id(caller: Caller) -> str:
    """A submitted order with an action that waits for a person."""
    content = {"order_queue_id": 1, "info": {**CONTACT, **CARD, "pack1": {"plan_id": "1", "period": 1}}}
    made = str(caller.call("order.create", content).body["order_id"])
    assert caller.call("order.submit", {"order_id": made}).status == 200
    return made


def order(caller: Caller, order_id: str) -> Any:
    return caller.call("order.get", {"order_id": order_id}).body


def as_role(caller: Caller, rights: frozenset[Right], method: str, parameters: dict[str, Any]) -> Answer:
    token = caller.api.users.add("somebody", (Grant(rights=rights),), now=0)
    return caller.as_named("somebody", token, method, parameters)


def test_a_priority_keeps_who_and_why(caller: Caller, order_id: str) -> None:
    before = order(caller, order_id)

    answer = caller.call("order.priority", {"order_id": order_id, "priority": 3, "reason": HOSTILE})

    assert answer.status == 200
    said = {key: answer.body[key] for key in ("priority", "changed_by", "changed_how", "changed_because", "revision")}
    assert said == {
        "priority": 3,
        "changed_by": "web",
        "changed_how": "priority",
        "changed_because": HOSTILE,
        "revision": before["revision"] + 1,
    }


def test_the_reason_is_that_of_the_last_change(caller: Caller, order_id: str) -> None:
    caller.call("order.priority", {"order_id": order_id, "priority": 3, "reason": "promised by Friday"})

    assert caller.call("order.priority", {"order_id": order_id, "priority": 2}).body["changed_because"] is None
    canceled = caller.call("order.cancel", {"order_id": order_id, "reason": "x" * 1_000}).body
    assert (canceled["canceled_because"], canceled["changed_because"]) == ("x" * 1_000, "x" * 250)


def test_the_same_priority_changes_nothing(caller: Caller, order_id: str) -> None:
    before = order(caller, order_id)

    assert caller.call("order.priority", {"order_id": order_id, "priority": 1}).body == before


@pytest.mark.parametrize("priority", [-1, 4, "urgent", None, ""])
def test_only_ubersmiths_priorities_are_taken(caller: Caller, order_id: str, priority: object) -> None:
    answer = caller.call("order.priority", {"order_id": order_id, "priority": priority})

    assert (answer.status, answer.body["errors"][0]["field"]) == (400, "priority")


def test_a_priority_is_set_through_api_2_0_too(caller: Caller, order_id: str) -> None:
    assert caller.data("order.priority", {"order_id": order_id, "priority": "0"}) is True
    assert order(caller, order_id)["priority"] == 0


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("order.priority", {"priority": 3}),
        ("order.contact_update", {"info": {"phone": "+44 20 7946 0000"}}),
        ("order.process", {"order_action_id": 101}),
        ("order.process", {"order_action_id": 101, "skip": 1, "reason": "known"}),
        ("order.cancel", {}),
        ("order.restart", {}),
    ],
)
def test_a_stale_button_does_nothing(caller: Caller, order_id: str, method: str, parameters: dict[str, Any]) -> None:
    before = order(caller, order_id)
    stale = str(before["revision"] - 1)

    answer = caller.call(method, {"order_id": order_id, **parameters}, **{"if-match": f'"{stale}"'})

    assert (answer.status, answer.body["type"]) == (412, "urn:order-queues:problem:revision_differs")
    assert order(caller, order_id) == before


def test_an_order_that_is_as_it_was_shown_is_changed(caller: Caller, order_id: str) -> None:
    etag = f'"{order(caller, order_id)["revision"]}"'

    assert caller.call("order.priority", {"order_id": order_id, "priority": 3}, **{"if-match": etag}).status == 200
    assert caller.call("order.priority", {"order_id": order_id, "priority": 2}, **{"if-match": etag}).status == 412


@pytest.mark.parametrize("role", [("operator", 200), ("sales", 403), ("billing", 403), ("viewer", 403)])
@pytest.mark.parametrize(
    "method",
    [("order.priority", {"priority": 3}), ("order.contact_update", {"info": {"city": "Bath"}})],
)
def test_who_may_act_may(
    caller: Caller, order_id: str, role: tuple[str, int], method: tuple[str, dict[str, Any]]
) -> None:
    (name, status), (called, parameters) = role, method
    assert as_role(caller, ROLES[name], called, {"order_id": order_id, **parameters}).status == status


def test_contact_data_needs_the_right_to_personal_data(caller: Caller, order_id: str) -> None:
    answer = as_role(
        caller,
        frozenset({Right.VIEW, Right.ACT}),
        "order.contact_update",
        {"order_id": order_id, "info": {"city": "Bath"}},
    )

    assert answer.status == 403


def test_a_reason_is_not_shown_to_who_may_not_see_persons(caller: Caller, order_id: str) -> None:
    caller.call("order.priority", {"order_id": order_id, "priority": 3, "reason": "Ada Lovelace called"})

    seen = as_role(caller, ROLES["viewer"], "order.get", {"order_id": order_id}).body
    assert (seen["priority"], seen["changed_how"], seen["changed_because"]) == (3, "priority", None)


@pytest.mark.parametrize("end", ["complete", "canceled"])
def test_contact_data_of_a_final_order_is_corrected_and_nothing_else(caller: Caller, order_id: str, end: str) -> None:
    before = final(caller, order_id, end)
    correction = {"info": {"email": "ada@bücher.example", "phone": "020 7946 0018", "vat_id": ""}, "reason": "misspelt"}

    after = caller.call("order.contact_update", {"order_id": order_id, **correction}).body

    assert after["info"] == {
        **before["info"],
        "email": "ada@xn--bcher-kva.example",
        "phone": "+44 20 7946 0018",
        "vat_id": "",
    }
    assert (after["changed_how"], after["changed_by"], after["changed_because"]) == ("contact", "web", "misspelt")
    same = ("step", "total", "taxes", "services", "actions", "client_id", "completed_at", "canceled_at")
    assert {key: after[key] for key in same} == {key: before[key] for key in same}


def test_the_order_says_that_its_client_may_have_it_otherwise(caller: Caller, order_id: str) -> None:
    final(caller, order_id, "complete")

    after = caller.call("order.contact_update", {"order_id": order_id, "info": {"email": "other@example.com"}}).body

    assert after["contact_note"].startswith("email: changed after client 101 was made")


@pytest.mark.parametrize(
    ("info", "field"),
    [
        ({"payment_type": "check"}, "info.payment_type"),
        ({"pack1": {"price": "0"}}, "info.pack1"),
        ({"billing_info_id": "7"}, "info.billing_info_id"),
        ({"cc_first": "Eve"}, "info.cc_first"),
        ({"uber_pass": "a long pass phrase"}, "info.uber_pass"),
        ({"coupon": "SPRING"}, "info.coupon"),
        ({"email": {"a": "b"}}, "info.email"),
        ({"email": ["b@example.com"]}, "info.email"),
        ({"email": True}, "info.email"),
        ({"email": "nobody"}, "info.email"),
        ({"country": "Atlantis"}, "info.country"),
        ({"phone": "4242 4242 4242 4242"}, "info.phone"),
        ({"city": "4242 4242 4242 4242"}, "info.city"),
        ({"first": "a\x00b"}, "info.first"),
        ({"first": "x" * 1_001}, "info.first"),
    ],
)
@pytest.mark.parametrize("end", ["", "complete"])
def test_what_is_no_contact_data_is_refused_by_name(
    caller: Caller, order_id: str, info: dict[str, Any], field: str, end: str
) -> None:
    before = final(caller, order_id, end) if end else order(caller, order_id)

    answer = caller.call("order.contact_update", {"order_id": order_id, "info": {"city": "Bath", **info}})

    assert answer.status in (400, 422)
    assert field in [problem["field"] for problem in answer.body["errors"]]
    assert order(caller, order_id) == before


def test_nothing_to_correct_is_refused(caller: Caller, order_id: str) -> None:
    assert caller.call("order.contact_update", {"order_id": order_id}).status == 400


def test_who_may_only_update_is_told_who_corrects_a_final_order(caller: Caller, order_id: str) -> None:
    final(caller, order_id, "complete")

    refused = caller.call("order.update", {"order_id": order_id, "info": {"city": "Bath"}}).body["detail"]

    assert "its contact data is corrected by order.contact_update, and client 101 by client.update" in refused


def test_the_price_of_a_submitted_order_stays_in_another_country_and_a_leads_is_worked_out_anew(caller: Caller) -> None:
    info = {**CONTACT, **CARD, "country": "DE", "pack1": {"plan_id": "2"}}
    content = {"order_queue_id": 1, "info": info}
    ids = [caller.call("order.create", content).body["order_id"] for _ in range(2)]
    caller.call("order.submit", {"order_id": ids[1]})
    before = order(caller, ids[1])

    lead, submitted = (
        caller.call("order.contact_update", {"order_id": each, "info": {"country": "US", "state": "OR"}}).body
        for each in ids
    )

    assert before["tax"] != "0.00"
    assert (submitted["total"], submitted["tax"]) == (before["total"], before["tax"])
    assert lead["tax"] == "0.00"


TEXTS = st.dictionaries(st.text(max_size=12), st.one_of(st.text(max_size=20), st.none(), st.booleans(), st.integers()))


@given(said=TEXTS, known=st.sampled_from(["first", "last", "company", "city", "address"]), value=st.text(max_size=30))
def test_a_correction_never_changes_more_than_contact_data(said: dict[str, Any], known: str, value: str) -> None:
    service = a_service()
    before = an_order(info={**CONTACT, **CARD, "pack1": {"price": "20"}}, total_cents=2000)
    try:
        after = with_contact(before, changes={"info": {**said, known: value}}, preview=service.preview, now=NOW)
    except InvalidOrderError:
        return
    assert _without(after, known) == _without(before.changed(priced=after.priced), known)


def _without(order: Order, key: str) -> Order:
    return order.changed(info={name: value for name, value in order.info.items() if name != key}, activity=0)


def final(caller: Caller, order_id: str, end: str) -> Any:
    """The order after its end, as it is shown."""
    if end == "canceled":
        return caller.call("order.cancel", {"order_id": order_id}).body
    store = caller.api.backend.service.store
    found = store.get(order_id)
    last = next(step for step in found.checklist_steps if step.status.name == "COMPLETE")
    store.save(found.changed(step_id=last.step_id, step_status=last.status, completed_at=NOW, client_id="101"))
    return order(caller, order_id)
