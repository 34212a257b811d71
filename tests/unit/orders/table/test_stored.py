"""What the table stores of an order: all of it comes back, and expressions find what they count on."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lambdas.orders.dispute import Dispute, RefundThere
from lambdas.orders.model.checklist import ActionState, ChecklistAction, ChecklistStep
from lambdas.orders.model.hold_clock import HoldClock
from lambdas.orders.model.info import MAX_DEPTH
from lambdas.orders.model.order import Assignment, Hold, Order, PaymentAttempt, Wait
from lambdas.orders.model.packs import AppliedCoupon, AppliedTax, PricedPack, Proration
from lambdas.orders.model.payment_ids import PaymentIds
from lambdas.orders.store import order_item
from lambdas.orders.table.folding import LEVEL, unfolded
from lambdas.orders.table.stored import restored, stored
from lambdas.runtime.items import from_item, to_item
from lambdas.runtime.models import Frozen
from tests.support.build import NOW, a_queue, a_submitted_order, an_order

texts = st.text(max_size=5)
plain: Any = st.recursive(
    texts | st.integers() | st.booleans(), lambda inner: st.lists(inner) | st.dictionaries(texts, inner), max_leaves=5
)
actions = st.builds(
    ChecklistAction,
    action_id=st.just(101),
    step_id=st.just(12),
    name=texts,
    module=st.just("provision_client"),
    automatic=st.booleans(),
    optional=st.booleans(),
    client_viewable=st.booleans(),
    owner=st.sampled_from(["operations", "finance"]),
    due_hours=st.integers(1, 48),
    state=st.sampled_from(ActionState),
    attempts=st.integers(0, 3),
    reason=texts,
    result=st.dictionaries(texts, plain),
    requested_at=st.none() | st.just(NOW),
)
orders = st.builds(
    lambda action, wait, info, changes: an_order(
        actions={"101": action}, waits={"101": wait} if wait else {}, info=info, **changes
    ),
    actions,
    st.none() | st.builds(Wait, token=texts, since=st.just(NOW), owner=texts, overdue=st.booleans()),
    st.dictionaries(texts, plain),
    st.fixed_dictionaries(
        {},
        optional={"epoch": st.integers(1, 3), "priority": st.integers(0, 2), "client_id": st.just("7"), "owner": texts},
    ),
)


@given(orders)
def test_what_was_stored_comes_back_whole(order: Order) -> None:
    kept = from_item(to_item(stored(order)))

    assert restored(order.order_id, kept) == order


def test_a_wait_has_the_token_that_its_machine_wrote_last() -> None:
    """A machine that parks again writes its token beside the wait. An item of an earlier version has none there."""
    order = a_submitted_order(a_queue())
    order = order.changed(waits={"21": Wait(token="first", since=NOW, due_at=NOW + 1, owner="finance", overdue=True)})
    kept = from_item(to_item(stored(order)))
    again = restored(order.order_id, {**kept, "token_21": "second", "token_22": "of a wait that ended"})

    assert again == order.changed(waits={"21": order.waits["21"].changed(token="second")})
    assert restored(order.order_id, kept) == order
    assert restored(order.order_id, from_item(to_item(stored(again)))) == again


def nested(levels: int, end: Any) -> Any:
    tree = end
    for level in range(levels):
        tree = {"a": tree} if level % 3 else [tree]
    return tree


def depth_of(value: Any) -> int:
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return 1 + max(map(depth_of, inner)) if inner else 0


ENDS = [
    "x",
    5,
    Decimal("1.5"),
    True,
    None,
    "",
    [],
    {},
    ["a", {"b": 1}],
    "\x00folded:",
    '\x00folded:{"S": "x"}',
    "\x00folded:{",
]


@given(st.integers(1, MAX_DEPTH - 2), st.sampled_from(ENDS))
def test_info_comes_back_however_deep_it_is(levels: int, end: Any) -> None:
    order = an_order(info={"first": "Ada", "x": nested(levels, end)})
    kept = stored(order)

    assert depth_of(kept["info"]) <= 17
    assert restored(order.order_id, from_item(to_item(kept))).info == order.info


def test_what_somebody_edited_is_read_as_it_is() -> None:
    for text in ("\x00folded:nonsense", "\x00folded:[]", "\x00folded:{}"):
        assert unfolded(nested(LEVEL, text)) == nested(LEVEL, text)


@given(orders)
def test_expressions_find_what_they_count_on(order: Order) -> None:
    item = from_item(order_item(order))

    assert {"step_id", "step_status", "revision", "epoch", "waits", "activity"} <= item.keys()
    assert {"step_id", "state", "attempts", "automatic"} <= item["actions"]["101"].keys()


def test_an_order_that_was_stored_with_every_field_is_read() -> None:
    order = an_order()

    assert restored(order.order_id, from_item(to_item(order.model_dump(exclude_none=True)))) == order


def test_a_hold_of_an_earlier_release_is_read() -> None:
    kept = stored(an_order())
    kept["hold"] = {"transaction_id": "t", "key": "k", "method": "card", "amount_cents": 995, "currency": "USD"}

    hold = restored("1001", from_item(to_item(kept))).hold

    assert hold is not None
    assert (hold.gateway, hold.ids, hold.customer, hold.held_at, hold.payer_present) == (
        "",
        PaymentIds(),
        "",
        None,
        True,
    )
    assert stored(an_order(hold=hold))["hold"] == kept["hold"]


STORED: tuple[type[Frozen], ...] = (
    Order, ChecklistAction, ChecklistStep, Wait, Assignment, Hold, HoldClock, PaymentIds, PaymentAttempt, PricedPack,
    AppliedCoupon, AppliedTax, Proration, Dispute, RefundThere,
)  # fmt: skip
PINNED = Path(__file__).parents[3] / "data" / "stored_defaults.json"


def test_the_defaults_that_are_not_stored_stay_what_they_were() -> None:
    """An order of last year was stored without them: another default would change it. A new field is added to the file."""
    defaults = {
        model.__name__: {name: f.default for name, f in model.model_fields.items() if not f.is_required()}
        for model in STORED
    }

    assert json.loads(json.dumps(defaults, default=dict)) == json.loads(PINNED.read_text())


def test_what_its_queue_says_in_the_usual_way_is_not_stored() -> None:
    item = stored(an_order())

    assert item["checklist_steps"][0] == {"step_id": 11, "name": "Leads"}
    assert {action["module"]: action.get("name") for action in item["actions"].values()} == {
        "provision_client": None,
        "add_services": None,
        "generate_invoice": None,
    }
