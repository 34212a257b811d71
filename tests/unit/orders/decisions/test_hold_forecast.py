"""Staff hear at submit that an order's money lapses before the order's own deadlines let it be taken."""

from typing import Any

import pytest

from lambdas.orders.decisions import hold_clock, hold_forecast
from lambdas.orders.decisions.hold_texts import hold_texts
from lambdas.orders.decisions.open_work import WorkKind, open_work
from lambdas.orders.model.hold_clock import HoldPolicy, Holds, Trouble
from lambdas.orders.model.order import Hold, Order, PaymentAttempt
from lambdas.orders.model.queue import QUEUES_ROOT, Queue, QueueFileError, load_queues
from lambdas.orders.payment_ports import PRESENT, Payer
from tests.support.build import NOW, a_draft, a_queue, a_service, a_submitted_order
from tests.support.fakes import FakePayments

DAY = 86_400
ASK = {"when_lapsing": "ask"}


def slow_queue(hours: int, **changes: Any) -> Queue:
    """A server is built by hand, then looked at by hand, in the step before the one that takes the money."""
    steps = [
        {"id": 1, "name": "Leads"},
        {
            "id": 2,
            "name": "Build",
            "actions": [
                {"id": 21, "name": "Build", "module": "manual_check_off", "due_hours": hours},
                {"id": 22, "name": "Look", "module": "manual_check_off", "due_hours": 24, "prereqs": [21]},
                {"id": 23, "name": "Meanwhile", "module": "manual_check_off", "due_hours": 30},
            ],
        },
        {
            "id": 3,
            "name": "Bill",
            "actions": [
                {"id": 31, "name": "Agree", "module": "manual_check_off", "due_hours": 24},
                {
                    "id": 32,
                    "name": "Generate Invoice",
                    "module": "generate_invoice",
                    "automatic": True,
                    "prereqs": [31],
                    "owner": "finance",
                },
            ],
        },
        {"id": 4, "name": "Complete"},
        {"id": 5, "name": "Canceled"},
    ]
    return a_queue(order_queue_id=1, steps=steps, **changes)


def a_hold(**changes: Any) -> Hold:
    money: dict[str, Any] = {"method": "card", "amount_cents": 2_000, "currency": "USD"}
    return Hold(transaction_id="t", key="k", held_at=NOW, capture_before=NOW + 7 * DAY, **{**money, **changes})


class HoldsForAWeek(FakePayments):
    def authorize(self, order: Order, attempt: PaymentAttempt, payer: Payer = PRESENT) -> Hold:
        return super().authorize(order, attempt, payer).changed(held_at=NOW, capture_before=NOW + 7 * DAY)


def test_what_people_may_take_adds_up_along_the_longest_chain() -> None:
    order = a_submitted_order(slow_queue(48))

    assert hold_forecast.taken_at(order, NOW) == NOW + (48 + 24 + 24) * 3_600


@pytest.mark.parametrize(
    ("rules", "days"),
    [(ASK, 7.0), ({"when_lapsing": "renew", "renewals_at_most": 2}, 7 + 2 * 5.6), ({"when_lapsing": "capture"}, None)],
)
def test_the_rules_of_its_queue_say_how_long_money_stays_held(rules: dict[str, Any], days: float | None) -> None:
    until = hold_forecast.held_until(a_hold(), Holds.model_validate(rules))

    assert until == (None if days is None else NOW + int(days * DAY))


@pytest.mark.parametrize(("hours", "is_late"), [(100, False), (150, True)])
def test_a_server_that_lands_after_its_hold_is_on_the_worklist_from_its_submit_on(hours: int, is_late: bool) -> None:
    queue = slow_queue(hours, holds=ASK)
    service = a_service(queues={1: queue}, payments=HoldsForAWeek())
    order = service.submit(service.create(a_draft()))

    assert order.hold is not None
    found = [(work.kind, work.team, work.due_at) for work in open_work(order)]
    assert found == ([(WorkKind.HOLD, "finance", hold_clock.mark_at(order.hold, hold_clock.LATE))] if is_late else [])
    if is_late:
        assert "is taken after that" in hold_texts(order)[0]
        assert order.hold.clock.trouble is Trouble.TOO_SLOW


def test_a_queue_that_renews_often_enough_warns_nobody() -> None:
    order = a_submitted_order(slow_queue(150)).changed(hold=a_hold())

    assert hold_forecast.warned(order, Holds(), NOW) is order


def test_work_that_was_done_counts_no_more_and_a_wait_counts_to_its_own_deadline() -> None:
    order = a_submitted_order(slow_queue(150)).changed(hold=a_hold())
    done = order.with_action(order.actions["21"].changed(state="done"))

    assert hold_forecast.taken_at(done, NOW) == NOW + (30 + 24) * 3_600
    assert hold_forecast.warned(done, Holds(when_lapsing=HoldPolicy.ASK), NOW) is done


def test_rules_that_do_not_exist_are_refused_by_name(tmp_path: Any) -> None:
    shipped = next(iter(load_queues().values()))
    folder = tmp_path / "broken"
    folder.mkdir()
    for text, word in [('when_lapsing = "wait"', "holds.when_lapsing"), ("renewals = 3", "holds.renewals")]:
        source = (QUEUES_ROOT / shipped.key / "queue.toml").read_text("utf-8")
        (folder / "queue.toml").write_text(f"{source}\n[holds]\n{text}\n")
        with pytest.raises(QueueFileError, match=word):
            Queue.read(folder)


def test_what_is_done_with_holds_is_no_part_of_a_queues_definition() -> None:
    assert slow_queue(1).content_hash == slow_queue(1, holds=ASK).content_hash
