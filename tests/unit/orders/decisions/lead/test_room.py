"""What is taken can be walked to its end: an order has room for all that may become of it, or is refused with the figure."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.orders.decisions import outcomes, progress
from lambdas.orders.decisions.lead.room import (
    ITEM_BYTES,
    QUEUE_BYTES,
    invoice_bytes,
    needed_bytes,
    queue_bytes,
    refuse_full,
)
from lambdas.orders.decisions.operator import manual_actions
from lambdas.orders.errors import InvalidOrderError
from lambdas.orders.model.checklist import ActionState, checklist_of
from lambdas.orders.model.info import MAX_BYTES
from lambdas.orders.model.order import Hold, Order, PaymentAttempt, Wait
from lambdas.orders.model.packs import MAX_PACKS
from lambdas.orders.model.queue import Queue, load_queues
from lambdas.orders.model.shares import cut, share_bytes
from lambdas.orders.service import OrderService
from lambdas.orders.store import order_item
from lambdas.records.clients.service import Service, ServiceStatus
from lambdas.records.invoices.lines import invoice_lines
from lambdas.runtime.items import to_value, value_bytes
from statemachines.checks import QueueError, check
from tests.support.build import CARD, CONTACT, NOW, a_draft, a_queue, a_service, an_order
from tests.support.coupons import SALE, a_coupon, pricing_with

SERVER = {"plan_id": "2", "period": 3, "options": {"31": "101", "32": "111"}, "coupon": "SAVE10"}
GERMAN = {**CONTACT, **CARD, "country": "DE"}  # taxed


def heavy_queue(actions: int = 8) -> Queue:
    """With as much text in its settings as is allowed, and more from 9 actions on."""
    mails = {"to": ["ops@example.com"], "subject": "x", "body": "b" * 28_000}
    kind = {"module": "send_notification", "automatic": True, "config": mails}
    steps = [
        {"id": 1, "name": "Leads", "expires_after_days": 30},
        {
            "id": 2,
            "name": "Processing",
            "actions": [{"id": 20 + n, "name": f"Mail {n}", **kind} for n in range(actions)],
        },
        {"id": 3, "name": "Complete"},
        {"id": 4, "name": "Canceled"},
    ]
    return a_queue(steps=steps)


def shop(queue: Queue | None = None) -> OrderService:
    queues = {queue.order_queue_id: queue} if queue else load_queues()
    return a_service(pricing=pricing_with(a_coupon()), queues=queues)


def packs(count: int, **said: Any) -> dict[str, Any]:
    return {f"pack{number}": {**SERVER, **said} for number in range(1, count + 1)}


def largest(service: OrderService, order_queue_id: int) -> Order:
    """The order of 100 packs with the longest descriptions that are taken."""
    fits, taken = 0, None
    for step in (1_000, 100, 10):
        while True:
            info = {**GERMAN, **packs(MAX_PACKS, desserv="d" * (fits + step))}
            try:
                taken = service.preview_new(a_draft(order_queue_id=order_queue_id, info=info))
            except InvalidOrderError:
                break
            fits += step
    assert taken is not None
    return taken.changed(order_id="1001")


def at_its_fullest(order: Order) -> Order:
    """Every action with the longest reason, result, answers and token; money held; stopped and canceled with long reasons."""
    full = order
    for key, action in order.actions.items():
        result = {"a": "r" * 400, "b": ["1001001"] * 150, "c": "x" * 9_000}
        said = action.changed(
            reason="why " * 5_000, result=result, claim="c" * 32, claim_ends_at=NOW, at=NOW, by="b" * 60
        )
        full = full.with_action(said)
        given = {"answer": "i" * (share_bytes(len(order.actions)) // 4 - 20)}
        full = full.changed(actions={**full.actions, key: full.actions[key].changed(input=given)})
    waits = {key: Wait(token="t" * 2_048, since=NOW, due_at=NOW, owner="o" * 60) for key in order.actions}
    attempt = PaymentAttempt(
        key="k" * 100, amount_cents=1, currency="USD", method="m" * 60, claim="c" * 32, claim_ends_at=NOW,
        price="p" * 32, content="c" * 32,
    )  # fmt: skip
    hold = Hold(transaction_id="t" * 255, key="k" * 100, method="card", amount_cents=1, currency="USD")
    texts = {"canceled_because": "\u00e9" * 1_000, "canceled_by": "b" * 60, "review_because": "r" * 500}
    return full.changed(waits=waits, attempt=attempt, hold=hold, client_id="9" * 18, **texts)


@pytest.mark.parametrize("queue", [*load_queues().values(), heavy_queue()], ids=lambda queue: queue.key)
def test_the_largest_order_that_is_taken_fits_whatever_becomes_of_it(queue: Queue) -> None:
    order = largest(shop(queue), queue.order_queue_id)

    assert value_bytes({"M": order_item(at_its_fullest(order))}) <= ITEM_BYTES
    info_is_full = len(json.dumps(order.info)) > MAX_BYTES - 2_000  # the other limit came first
    assert info_is_full or needed_bytes(order) > ITEM_BYTES - 2_000


def test_what_does_not_fit_is_refused_with_the_figure_at_create_and_update() -> None:
    queue = heavy_queue()
    service, queue_id = shop(queue), queue.order_queue_id
    with pytest.raises(InvalidOrderError, match=r"info: needs 4\d\d,\d{3} bytes .* has 409,600; shorten its texts"):
        service.create(a_draft(order_queue_id=queue_id, info={**GERMAN, **packs(MAX_PACKS, desserv="d" * 1_000)}))

    order = service.create(a_draft(order_queue_id=queue_id, info={**GERMAN, **packs(MAX_PACKS)}))
    with pytest.raises(InvalidOrderError, match=r"needs 4\d\d,\d{3} bytes"):
        service.update(order, {"info": {"remarks": "r" * 60_000}})
    with pytest.raises(InvalidOrderError, match=r"needs 4\d\d,\d{3} bytes"):
        service.submit(order, changes={"info": {"remarks": "r" * 60_000}})
    assert service.get(order_id=order.order_id) == order


def test_so_is_what_would_not_fit_on_an_invoice() -> None:
    wide = packs(MAX_PACKS, title="\u65e5" * 250, coupon="")

    with pytest.raises(InvalidOrderError, match="bytes for the lines of its invoice"):
        refuse_full(an_order(priced=shop().pricing.price({**GERMAN, **wide}, SALE)))


def test_an_invoice_s_lines_take_no_more_than_was_reckoned() -> None:
    order = shop().preview_new(a_draft(info={**GERMAN, **packs(20, title="\u00e9" * 250)})).changed(order_id="1001")
    lines = [
        line.model_dump()
        for pack in order.priced
        for line in invoice_lines(
            Service(
                service_id=f"{'9' * 18}{pack.number:03d}", client_id="9" * 18, order_id="9" * 18, currency="USD",
                created_at=NOW, status=ServiceStatus.ACTIVE, recurring_cents=1,
                **pack.model_dump(include={"pack", "plan_id", "title", "quantity", "period", "setup_cents"}),
            ),
            pack,
        )
    ]  # fmt: skip

    assert value_bytes(to_value(lines)) <= invoice_bytes(order)


def test_a_queue_that_leaves_nothing_to_its_callers_is_found_at_compile_time() -> None:
    def taken(queue: Queue) -> int:
        return queue_bytes(*checklist_of(queue, {}))

    assert taken(heavy_queue(8)) <= QUEUE_BYTES < taken(heavy_queue(9))
    assert all(taken(queue) <= QUEUE_BYTES for queue in load_queues().values())
    with pytest.raises(QueueError, match=r"can take \d{3},\d{3} bytes of an order, and 345,000 are theirs"):
        check(heavy_queue(9), {})


def test_a_small_order_fits_beside_the_largest_checklist() -> None:
    """So that it need not be measured."""
    small = {**GERMAN, **packs(8, title="\u00e9" * 250), "remarks": "r" * 5_000}
    order = shop().preview_new(a_draft(info=small))
    checklist = queue_bytes(*checklist_of(load_queues()[1], {}))

    assert needed_bytes(order) - checklist + QUEUE_BYTES <= ITEM_BYTES


def test_a_long_reason_is_cut_and_a_long_result_keeps_what_fits() -> None:
    order = an_order(a_queue())
    share = share_bytes(3)
    done = outcomes.done(order, 21, now=NOW, reason="\u00e9" * 9_000, result={"a": "1", "b": "x" * 9_000, "c": "2"})

    action = done.actions["21"]
    assert (len(action.reason.encode()) <= share // 4, action.reason[-1]) == (True, "\u2026")
    assert action.result == {"a": "1", "c": "2"}
    assert action.state is ActionState.DONE


def test_answers_that_have_no_room_are_refused_with_the_figure() -> None:
    submitted = progress.submitted(an_order(a_queue()), now=NOW, hold=None)

    with pytest.raises(InvalidOrderError, match=r"input: has 9,0\d\d bytes, and at most 2,000 are kept"):
        manual_actions.processed(submitted, 21, by="qa", given={"text": "x" * 9_000}, now=NOW)


@given(st.text(max_size=50), st.integers(10, 60))
def test_a_text_is_cut_between_letters(text: str, most: int) -> None:
    kept = cut(text, most)

    assert len(kept.encode(errors="replace")) <= most
    assert kept == text or text.startswith(kept[:-1])
