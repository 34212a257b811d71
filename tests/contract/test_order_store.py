"""What every order store keeps: the in-memory twin of the unit tests, DynamoDB as moto has it, DynamoDB as the engine has it."""

from collections.abc import Callable
from contextlib import nullcontext
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from lambdas.orders.decisions import claims, progress
from lambdas.orders.decisions.claims import ActionBusy, OrderCanceled, OrderMoved
from lambdas.orders.errors import OrderChangedError, OrderNotFoundError
from lambdas.orders.model.checklist import ActionState, ChecklistAction
from lambdas.orders.model.order import Hold, Order, PaymentAttempt, Wait
from lambdas.orders.model.packs import PricedPack
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.ports import CreationKey, KeyUsed, OrderStore
from lambdas.orders.store import DynamoOrderStore
from lambdas.runtime.items import to_item
from tests.contract.conftest import Dynamo
from tests.support.build import NOW, a_submitted_order, an_order

MEETS = frozenset({ActionState.DONE, ActionState.SKIPPED})


def kept(store: OrderStore, order: Order) -> Order:
    store.create(order, [], NOW)
    return store.get(order.order_id)


def claim(
    store: OrderStore, order_id: str = "1001", action_id: int = 101, *, now: int = NOW, only_if_asked: bool = False
) -> Order | None:
    return store.claim(order_id, action_id, claim="r-1", now=now, ends_at=now + 60, only_if_asked=only_if_asked)


def with_first_action(order: Order, **changes: Any) -> Order:
    return order.with_action(order.actions["101"].changed(**changes))


def a_rich_order() -> Order:
    info = {
        "first": "Zoë 🚀",
        "rate": Decimal("12.345"),
        "count": 7,
        "paid": False,
        "empty": {},
        "none": None,
        "list": [1, "2", {"deep": {"er": []}}],
    }
    pack = PricedPack(
        pack="pack1", plan_id="1", title="Plan", description="", quantity=2, period=12, options={"31": "101"},
        setup_cents=0, recurring_cents=9900, status=2,
    )  # fmt: skip
    order = with_first_action(a_submitted_order(), result={"client_id": "100", "made": True}, state=ActionState.DONE)
    return order.changed(
        info=info,
        priced=(pack,),
        hold=Hold(transaction_id="t", key="k", method="card", amount_cents=1, currency="USD", capture_before=NOW),
        attempt=PaymentAttempt(key="k", amount_cents=1, currency="USD", method="card:x", claim="c", claim_ends_at=NOW),
        waits={"102": Wait(token="tok==", since=NOW, due_at=NOW + 5, owner="operations")},
        client_id="100",
        password_hash="scrypt$00$00",
    )


def test_an_order_comes_back_as_it_was_made(store: OrderStore) -> None:
    order = a_rich_order()

    assert kept(store, order) == order


def test_order_numbers_increase(store: OrderStore) -> None:
    assert [store.new_order_id() for _ in range(3)] == ["1001", "1002", "1003"]


def test_an_unknown_order_is_not_found(store: OrderStore) -> None:
    with pytest.raises(OrderNotFoundError, match="the id 7"):
        store.get("7")
    assert store.order_id_of("hash#nobody") is None


@pytest.mark.parametrize("keep_answer", [True, False])
def test_a_key_makes_one_order_and_tells_of_it(store: OrderStore, keep_answer: bool) -> None:
    key = CreationKey(field="hash", pk="hash#1", content_hash="as first sent", keep_answer=keep_answer)
    store.create(an_order(), [key], NOW)

    with pytest.raises(KeyUsed) as used:
        store.create(an_order(order_id="1002"), [key.model_copy(update={"content_hash": "as sent now"})], NOW)

    assert (used.value.order_id, used.value.content_hash) == ("1001", "as first sent")
    assert used.value.first == (an_order() if keep_answer else None)
    assert store.order_id_of("hash#1") == "1001"


def test_the_first_order_is_told_as_it_was_made_not_as_it_is(store: OrderStore) -> None:
    key = CreationKey(field="hash", pk="hash#1", keep_answer=True)
    store.create(an_order(), [key], NOW)
    store.save(store.get("1001").changed(priority=3))

    with pytest.raises(KeyUsed) as used:
        store.create(an_order(order_id="1002"), [key], NOW)
    assert used.value.first == an_order()


def test_a_key_that_was_drawn_for_an_order_finds_it(store: OrderStore) -> None:
    order = an_order()
    store.create(order, [CreationKey(field="hash", pk="hash#new", is_new=True)], NOW)

    assert store.get(order.order_id) == order
    assert store.order_id_of("hash#new") == order.order_id
    with pytest.raises(OrderChangedError):
        store.create(order.changed(epoch=9), [CreationKey(field="hash", pk="hash#newer", is_new=True)], NOW)
    assert store.get(order.order_id) == order


@pytest.mark.parametrize(("later", "free"), [(-1, False), (0, False), (1, True)])
def test_a_key_may_be_used_again_once_it_has_expired(store: OrderStore, later: int, free: bool) -> None:
    key = CreationKey(field="Idempotency-Key", pk="idempotency#1", expires_at=NOW + 100)
    store.create(an_order(), [key], NOW)
    again = an_order(order_id="1002")

    if free:
        store.create(again, [key], NOW + 100 + later)
    else:
        with pytest.raises(KeyUsed):
            store.create(again, [key], NOW + 100 + later)
    assert store.order_id_of(key.pk) == ("1002" if free else "1001")


def test_if_one_key_is_taken_nothing_is_made(store: OrderStore) -> None:
    taken, free = (CreationKey(field="hash", pk=f"hash#{name}") for name in ("taken", "free"))
    store.create(an_order(), [taken], NOW)

    with pytest.raises(KeyUsed) as used:
        store.create(an_order(order_id="1002"), [free, taken], NOW)

    assert used.value.key == taken
    assert store.order_id_of("hash#free") is None
    with pytest.raises(OrderNotFoundError):
        store.get("1002")


def test_of_two_writers_the_second_is_refused_and_the_first_stays(store: OrderStore) -> None:
    read = kept(store, an_order())
    first = store.save(read.changed(owner="first"))

    with pytest.raises(OrderChangedError):
        store.save(read.changed(owner="second"))
    assert store.get("1001") == first


def test_an_order_that_does_not_exist_cannot_be_saved(store: OrderStore) -> None:
    with pytest.raises(OrderChangedError):
        store.save(an_order(order_id="404"))


def test_every_write_raises_the_revision_by_one(store: OrderStore) -> None:
    order = kept(store, a_submitted_order())
    saved = store.save(order.changed(owner="x"))
    running = claim(store)

    assert running is not None
    assert [order.revision, saved.revision, running.revision] == [1, 2, 3]
    assert store.get("1001") == running


def test_a_claim_starts_the_run_and_takes_its_wait_off(store: OrderStore) -> None:
    waits = {key: Wait(token=key, since=NOW, due_at=NOW, owner="x") for key in ("101", "102")}
    order = kept(store, with_first_action(a_submitted_order(waits=waits), state=ActionState.WAITING, attempts=2))

    running = claim(store, now=NOW + 9)

    wanted = claims.claimed(order, 101, claim="r-1", now=NOW + 9, ends_at=NOW + 69)
    assert running == wanted.changed(revision=order.revision + 1)
    assert set(wanted.waits) == {"102"}
    assert wanted.actions["101"].attempts == 3


PLACES: dict[str, Callable[[Order], Order]] = {
    "in its step": lambda order: order,
    "still a lead": lambda order: order.changed(step_id=11, step_status=StepStatus.LEADS),
    "complete": lambda order: order.changed(step_id=13, step_status=StepStatus.COMPLETE),
    "canceled": lambda order: progress.canceled(order, now=NOW, because=""),
}
CLAIM_ENDS = (NOW - 1, NOW, NOW + 1)  # lapsed, about to, running


def refusal(order: Order, action: ChecklistAction) -> type[Exception] | None:
    if order.step_status is StepStatus.CANCELED:
        return OrderCanceled
    if action.state in MEETS:
        return None
    return ActionBusy if order.step_id == action.step_id else OrderMoved


@pytest.mark.parametrize("state", ActionState)
def test_an_action_is_claimed_exactly_when_it_may_be(store: OrderStore, state: ActionState) -> None:
    ways = product(PLACES.values(), CLAIM_ENDS, (None, NOW), (True, False), (True, False))
    for number, (place, ends_at, asked, automatic, retryable) in enumerate(ways):
        order = place(a_submitted_order(order_id=str(number)))
        stands = {"state": state, "claim": "r-0", "claim_ends_at": ends_at, "requested_at": asked}
        order = kept(store, with_first_action(order, **stands, automatic=automatic, retryable=retryable))

        if claims.is_claimable(order, 101, NOW):
            running = claim(store, order.order_id)
            assert running is not None
            assert running.actions["101"].claim == "r-1"
            continue
        refused = refusal(order, order.actions["101"])
        with pytest.raises(refused) if refused else nullcontext():
            assert claim(store, order.order_id) is None
        assert store.get(order.order_id) == order


@pytest.mark.parametrize("state", ActionState)
def test_a_run_beside_the_machine_wants_a_request_or_its_own_claim(store: OrderStore, state: ActionState) -> None:
    for number, (ends_at, asked, held) in enumerate(product(CLAIM_ENDS, (None, NOW), ("r-0", "r-1"))):
        order = with_first_action(
            a_submitted_order(order_id=str(number)), state=state, claim=held, claim_ends_at=ends_at, requested_at=asked
        )
        kept(store, order)
        may = claims.is_claimable(order, 101, NOW, claim="r-1", only_if_asked=True)
        with nullcontext() if may or state in MEETS else pytest.raises(ActionBusy):
            assert (claim(store, order.order_id, only_if_asked=True) is not None) is may


def test_an_action_that_is_not_on_the_checklist_belongs_to_another_queue(store: OrderStore) -> None:
    kept(store, a_submitted_order())

    with pytest.raises(OrderMoved, match="no action 999"):
        claim(store, action_id=999)


def test_an_unknown_order_cannot_be_claimed(store: OrderStore) -> None:
    with pytest.raises(OrderNotFoundError):
        claim(store, "404")


def test_a_transaction_for_an_order_fails_once_it_was_canceled(dynamo: Dynamo) -> None:
    order = an_order()
    dynamo.store.create(order, [], NOW)
    put: Any = {"TableName": dynamo.table, "Item": to_item({"pk": "made", "sk": "for it"})}

    def make() -> None:
        dynamo.client.transact_write_items(TransactItems=[{"Put": put}, *dynamo.store.unless_canceled(order.order_id)])

    make()
    dynamo.store.save(dynamo.store.get(order.order_id).changed(canceled_at=NOW))
    with pytest.raises(dynamo.client.exceptions.TransactionCanceledException):
        make()


def test_a_transaction_for_an_order_that_is_not_there_fails(dynamo: Dynamo) -> None:
    put: Any = {"TableName": dynamo.table, "Item": to_item({"pk": "made", "sk": "for it"})}

    with pytest.raises(dynamo.client.exceptions.TransactionCanceledException):
        dynamo.client.transact_write_items(TransactItems=[{"Put": put}, *dynamo.store.unless_canceled("404")])


class LosesAnswers:
    """A client whose writes arrive and whose answers are lost, so that the SDK sends each a second time."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def put_item(self, **request: Any) -> Any:
        self._client.put_item(**request)
        return self._client.put_item(**request)


def test_an_order_whose_answer_was_lost_on_the_way_is_made_once_and_not_refused(dynamo: Dynamo) -> None:
    losing: Any = LosesAnswers(dynamo.client)
    order = an_order()
    DynamoOrderStore(dynamo.table, losing).create(order, [CreationKey(field="hash", pk="hash#new", is_new=True)], NOW)

    assert dynamo.store.get(order.order_id) == order
    assert dynamo.store.order_id_of("hash#new") == order.order_id
    with pytest.raises(OrderChangedError):  # another order of the same number is no echo
        other = an_order(hash="another")
        DynamoOrderStore(dynamo.table, losing).create(other, [CreationKey(field="hash", pk="hash#2", is_new=True)], NOW)
    assert dynamo.store.get(order.order_id) == order


def test_a_transaction_writes_an_order_as_save_does_and_over_no_other_revision(dynamo: Dynamo) -> None:
    order = an_order()
    dynamo.store.create(order, [], NOW)

    dynamo.client.transact_write_items(TransactItems=list(dynamo.store.writes_of(order.changed(priority=3))))
    assert dynamo.store.get(order.order_id) == order.changed(priority=3, revision=order.revision + 1)
    with pytest.raises(dynamo.client.exceptions.TransactionCanceledException):
        dynamo.client.transact_write_items(TransactItems=list(dynamo.store.writes_of(order.changed(priority=2))))
