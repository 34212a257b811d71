"""The clock of a hold, by simulated time: each policy for 40 days, and a process that may die anywhere."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdas.orders.decisions import hold_clock, progress
from lambdas.orders.decisions.hold_texts import hold_texts
from lambdas.orders.decisions.open_work import WorkKind, open_work
from lambdas.orders.model.hold_clock import HoldPolicy, Trouble
from lambdas.orders.model.order import Order
from lambdas.payments.gateway import (
    GatewayMisusedError,
    GatewayUnavailableError,
    OutcomeUnknownError,
    Transaction,
)
from lambdas.payments.holds.keeping import Kept
from lambdas.payments.reversal import ReversalPendingError, Reversals
from lambdas.records.table import RecordTable
from tests.support.build import NOW
from tests.unit.payments.holds.conftest import TOTAL, Died, Watched, of

INVOICE = "103"


def work_of(order: Order) -> list[tuple[WorkKind, str]]:
    return [(work.kind, work.team) for work in open_work(order)]


def test_a_hold_is_renewed_at_80_percent_and_a_person_has_it_at_last(watched: Watched) -> None:
    watched.place()
    done = watched.live_through(40)

    assert done == [*[Kept.WARNED, Kept.RENEWED] * 3, Kept.WARNED, Kept.GIVEN, Kept.GIVEN]
    assert (watched.bank.most_held, watched.bank.most_taken) == (1, 0)
    assert work_of(watched.order) == [(WorkKind.HOLD, "operations")]
    assert watched.hold.clock.trouble is Trouble.LAPSED
    assert "pay again" in hold_texts(watched.order)[1]
    assert watched.order.declines == 0


def test_each_renewal_comes_before_its_hold_lapses(watched: Watched) -> None:
    first = watched.place().hold
    assert first is not None
    for _ in range(3):
        before = watched.hold
        watched.pass_days(5.7)
        watched.keep()
        after = watched.hold
        assert (after.transaction_id == before.transaction_id, after.payer_present) == (False, False)
        assert (after.ids.authorization, after.ids.renewed) == (first.transaction_id, "")  # it has the payment's own id
        assert after.capture_before is not None
        assert before.capture_before is not None
        assert after.capture_before > before.capture_before


def test_money_is_captured_at_80_percent_once(watched: Watched) -> None:
    watched.rules = of(HoldPolicy.CAPTURE)
    watched.place()
    done = watched.live_through(40)

    assert done == [Kept.WARNED, Kept.CAPTURED]
    assert watched.hold.captured
    assert (watched.bank.taken_cents(), watched.bank.asked) == (TOTAL, ["capture"])
    assert work_of(watched.order) == []


def test_a_person_is_asked_at_80_percent_and_told_when_it_lapsed(watched: Watched) -> None:
    watched.rules = of(HoldPolicy.ASK)
    watched.place()
    watched.live_through(6)
    asked = watched.order
    assert asked.hold is not None
    assert work_of(asked) == [(WorkKind.HOLD, "operations")]
    assert open_work(asked)[0].due_at == asked.hold.capture_before
    assert "lapses on" in hold_texts(asked)[0]
    assert "takes the money" in hold_texts(asked)[1]

    watched.live_through(34)
    assert watched.hold.clock.trouble is Trouble.LAPSED
    assert open_work(watched.order)[0].due_at > (asked.hold.capture_before or 0)
    assert watched.bank.asked == []
    assert hold_clock.next_look_at(watched.order) is None


@pytest.mark.parametrize("policy", HoldPolicy)
def test_nothing_is_done_before_half_of_its_life(watched: Watched, policy: HoldPolicy) -> None:
    watched.rules = of(policy)
    watched.place()
    assert watched.live_through(3) == []
    assert watched.bank.asked == []


def test_a_bank_that_does_not_renew_leaves_the_hold_to_a_person(watched: Watched) -> None:
    watched.place("tok_renews_never")
    done = watched.live_through(6)

    assert done == [Kept.WARNED, Kept.GIVEN]
    assert (len(watched.bank.held()), watched.hold.clock.trouble) == (1, Trouble.DECLINED)
    assert "did not hold" in hold_texts(watched.order)[0]
    assert watched.order.declines == 0


def test_a_renewal_that_took_the_old_hold_with_it_says_that_nothing_is_held(watched: Watched) -> None:
    """As at Stripe: the old hold ended, and the bank declined the new one."""
    order = watched.place("tok_renews_never")
    renew = watched.bank.renew

    def voiding(**asked: Any) -> Transaction:
        watched.bank.void(key="old", transaction_id=asked["transaction_id"])
        return renew(**asked)

    watched.bank.renew = voiding  # type: ignore[method-assign]
    watched.live_through(6)

    assert (watched.bank.held(), watched.hold.clock.marked) == ([], hold_clock.OVER)
    assert "is not held any more" in hold_texts(watched.order)[0]
    assert open_work(watched.order)[0].due_at > NOW + 6 * 86_400 - 1
    assert order.hold is not None
    assert watched.hold.key == order.hold.key


@pytest.mark.parametrize("failure", [GatewayUnavailableError("down"), OutcomeUnknownError("no answer")])
@pytest.mark.parametrize("policy", [HoldPolicy.RENEW, HoldPolicy.CAPTURE])
def test_a_silent_provider_is_asked_again_soon(watched: Watched, policy: HoldPolicy, failure: Exception) -> None:
    watched.rules = of(policy)
    watched.place()
    watched.pass_days(5.7)
    original = watched.bank.find

    def silent(key: str) -> Transaction | None:
        raise GatewayUnavailableError(str(failure))

    watched.bank.find = silent  # type: ignore[method-assign]
    assert watched.keep() is Kept.LEFT
    assert watched.keep() is Kept.LEFT
    assert watched.order.waits == {}
    watched.bank.find = original  # type: ignore[method-assign]
    watched.clock.time += hold_clock.AGAIN_SECONDS
    assert watched.keep() is (Kept.RENEWED if policy is HoldPolicy.RENEW else Kept.CAPTURED)
    assert (watched.bank.most_held, watched.bank.most_taken) in ((1, 0), (0, TOTAL))


def test_what_the_provider_cannot_do_is_for_a_person(watched: Watched) -> None:
    watched.place()
    watched.pass_days(5.7)

    def misused(**_: Any) -> Transaction:
        raise GatewayMisusedError("no such method")

    watched.bank.renew = misused  # type: ignore[method-assign]
    assert watched.keep() is Kept.GIVEN
    assert watched.hold.clock.trouble is Trouble.REFUSED
    assert len(watched.bank.held()) == 1


BOUNDARIES = 8  # of one renewal: each write, each call


@pytest.mark.parametrize("policy", [HoldPolicy.RENEW, HoldPolicy.CAPTURE])
@pytest.mark.parametrize("boundary", range(1, BOUNDARIES + 1))
def test_a_process_may_die_anywhere(records: RecordTable, policy: HoldPolicy, boundary: int) -> None:
    watched = Watched(records, of(policy))
    watched.place()
    watched.pass_days(3.6)
    watched.keep()
    watched.pass_days(2.1)
    watched.boundaries.passed, watched.boundaries.dies_at = 0, boundary
    try:
        watched.keep()
    except Died:
        assert boundary <= (6 if policy is HoldPolicy.RENEW else 4)
    else:
        assert boundary > 4
    watched.boundaries.dies_at = None
    watched.live_through(1, hours=1)

    if policy is HoldPolicy.CAPTURE:
        assert (watched.hold.captured, watched.bank.taken_cents(), watched.bank.held()) == (True, TOTAL, [])
    else:
        (live,) = watched.bank.held()
        assert (watched.hold.transaction_id, watched.hold.clock.renewals) == (live.transaction_id, 1)
    assert watched.bank.most_held <= 1
    assert watched.bank.most_taken <= TOTAL


@given(
    policy=st.sampled_from(HoldPolicy),
    token=st.sampled_from(["tok_approve", "tok_renews_never", "tok_capture_fails"]),
    dies=st.lists(st.integers(1, 12), max_size=6),
    hours=st.sampled_from([1, 6, 30, 90]),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_at_no_moment_are_two_holds_live_and_nobody_pays_twice(
    records: RecordTable, policy: HoldPolicy, token: str, dies: list[int], hours: int
) -> None:
    watched = Watched(records, of(policy))
    watched.place(token)
    for boundary in [*dies, 0]:
        watched.boundaries.passed, watched.boundaries.dies_at = 0, boundary or None
        watched.live_through(40 // (len(dies) + 1), hours=hours)
        assert watched.bank.most_held <= 1
        assert watched.bank.most_taken <= TOTAL
    watched.boundaries.dies_at = None
    watched.live_through(2, hours=1)
    open_holds = watched.bank.held()
    assert [each.transaction_id for each in open_holds] in ([], [watched.hold.transaction_id])
    assert watched.hold.captured or open_holds or work_of(watched.order)


def test_a_canceled_order_keeps_no_hold_wherever_its_renewal_died(records: RecordTable) -> None:
    for boundary in range(1, 7):
        watched = Watched(records, of(HoldPolicy.RENEW))
        watched.place()
        watched.pass_days(5.7)
        watched.boundaries.passed, watched.boundaries.dies_at = 0, boundary
        with pytest.raises(Died):
            watched.keep()
        watched.boundaries.dies_at = None
        watched.store.save(progress.canceled(watched.order, now=watched.clock(), because="test"))
        money = Reversals(watched.bank, records)
        if hold_clock.is_being_kept(watched.order, watched.clock()):
            with pytest.raises(ReversalPendingError, match="renewed"):
                money.reverse(watched.order, now=watched.clock())
            watched.clock.time += hold_clock.CLAIM_SECONDS + 1
        money.reverse(watched.order, now=watched.clock())
        assert (watched.bank.held(), watched.bank.taken_cents()) == ([], 0)
        assert watched.keep() is Kept.LEFT


def test_an_order_that_is_canceled_while_its_hold_is_renewed_keeps_none(watched: Watched) -> None:
    watched.place()
    watched.pass_days(5.7)
    renew = watched.bank.renew

    def meanwhile(**asked: Any) -> Transaction:
        held = renew(**asked)
        watched.store.save(progress.canceled(watched.order, now=watched.clock(), because="test"))
        return held

    watched.bank.renew = meanwhile  # type: ignore[method-assign]
    assert watched.keep() is Kept.LEFT
    assert watched.bank.held() == []
    assert not hold_clock.is_being_kept(watched.order, watched.clock())


def test_the_action_that_takes_the_money_goes_first(watched: Watched) -> None:
    watched.place()
    watched.pass_days(5.7)
    order = watched.order
    running = order.actions[INVOICE].changed(claim="run", claim_ends_at=watched.clock() + 60)
    watched.store.save(order.with_action(running))

    assert watched.keep() is Kept.LEFT
    assert watched.bank.asked == []


def test_two_runs_at_once_ask_for_one_renewal(watched: Watched) -> None:
    watched.place()
    watched.pass_days(5.7)
    renew, others = watched.bank.renew, list[Kept]()

    def meanwhile(**asked: Any) -> Transaction:
        others.append(watched.keep())
        return renew(**asked)

    watched.bank.renew = meanwhile  # type: ignore[method-assign]
    assert watched.keep() is Kept.RENEWED
    assert others == [Kept.LEFT]
    assert len(watched.bank.held()) == 1
