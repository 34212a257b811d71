"""A preview says what its run does: for any order, in any state, with each verb."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.bulk.acts import WHOLE_ORDER, acts_of
from lambdas.bulk.instruction import BulkVerb, Instruction
from lambdas.bulk.money import MoneyKind, money_of
from lambdas.bulk.permit import UsersPermit
from lambdas.bulk.plan import Plan, plan_order
from lambdas.bulk.preview import PlannedOrder, first_digest, next_digest
from lambdas.bulk.service_calls import Signature, act, as_pinned, as_trial
from lambdas.orders.decisions import progress
from lambdas.orders.errors import OrderError
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Hold, Order, Wait
from lambdas.orders.model.waits import MACHINE_WAIT, WaitKey
from lambdas.records.users.api_user import ApiUser
from lambdas.records.users.rights import Grant, Right
from tests.support.build import NOW, a_queue, a_service, a_submitted_order, an_order
from tests.support.fakes import InMemoryOrderStore
from tests.support.thorough import examples

SIGNATURE = Signature(by="ada (bulk 1)", reason="the panel is back")
EVERYBODY = UsersPermit(ApiUser(name="ada", tokens=(), grants=(Grant(rights=frozenset(Right)),)), None)
QUEUE = a_queue(
    steps=[
        {"id": 1, "name": "Leads", "expires_after_days": 30},
        {
            "id": 2,
            "name": "Processing",
            "actions": [
                {"id": 21, "name": "Check", "module": "manual_check_off", "automatic": False},
                {"id": 22, "name": "Provision Client", "module": "provision_client", "automatic": True},
                {"id": 23, "name": "Invoice", "module": "generate_invoice", "automatic": True, "prereqs": [22]},
            ],
        },
        {
            "id": 5,
            "name": "Set up",
            "actions": [{"id": 51, "name": "Call", "module": "call_webhook", "automatic": True, "optional": True}],
        },
        {"id": 3, "name": "Complete"},
        {"id": 4, "name": "Canceled"},
    ]
)
HOLD = Hold(transaction_id="t", key="k", method="card", amount_cents=995, currency="USD")
instructions = st.one_of(
    st.sampled_from(
        [Instruction(verb=verb) for verb in (BulkVerb.RETRY, BulkVerb.CANCEL, BulkVerb.RESTART)]
        + [Instruction(verb=BulkVerb.MOVE, step_id=step_id) for step_id in (2, 3, 5, 9)]
        + [Instruction(verb=BulkVerb.MOVE, step_name="set up")]
    ),
    st.builds(
        Instruction,
        verb=st.sampled_from([BulkVerb.PROCESS, BulkVerb.SKIP, BulkVerb.RETRY]),
        order_action_id=st.sampled_from([21, 22, 23, 51, 99]),
    ),
    st.builds(
        Instruction,
        verb=st.sampled_from([BulkVerb.PROCESS, BulkVerb.SKIP, BulkVerb.RETRY]),
        module=st.sampled_from(["manual_check_off", "generate_invoice", "call_webhook"]),
    ),
)


@st.composite
def orders(draw: st.DrawFn) -> Order:
    order = a_submitted_order(QUEUE) if draw(st.booleans()) or draw(st.booleans()) else an_order(QUEUE)
    order = order.changed(hold=draw(st.sampled_from([None, HOLD, HOLD.changed(captured=True)])))
    waits: dict[str, Wait] = {}
    for action in () if order.is_lead else order.actions.values():
        state = draw(st.sampled_from([each for each in ActionState if each is not ActionState.UNDONE]))
        changed = action.changed(
            state=state,
            attempts=draw(st.integers(0, 2)),
            captures=action.module == "generate_invoice",
            failed_last=state is ActionState.FAILED or (state is ActionState.WAITING and draw(st.booleans())),
            claim_ends_at=NOW + 60 if state is ActionState.RUNNING else None,
            requested_at=draw(st.sampled_from([None, NOW - 5, NOW - 10_000])),
        )
        order = order.with_action(changed)
        key = WaitKey.action(action.action_id)
        if draw(st.booleans()):
            key = draw(st.sampled_from([WaitKey.undo(action.action_id), WaitKey.outstanding(action.action_id), key]))
        if state in (ActionState.WAITING, ActionState.FAILED, ActionState.SKIPPED) and draw(st.booleans()):
            waits[key] = Wait(token=f"t{key}", since=NOW, due_at=NOW + 60, owner="operations")
    order = order.changed(waits=waits)
    if draw(st.booleans()) and draw(st.booleans()):
        order = progress.canceled(order, now=NOW, because="known").changed(waits=waits)
    if not order.is_lead and draw(st.booleans()) and draw(st.booleans()):
        stopped = Wait(token="", since=NOW, due_at=NOW + 60, owner="operations")
        order = order.changed(machine_stopped_at=NOW, waits={**order.waits, MACHINE_WAIT: stopped})
    return order


def carry_out(order: Order, instruction: Instruction, acts: tuple[int, ...]) -> tuple[Order, list[OrderError]]:
    """As the run does it, for real, on a store of its own."""
    store = InMemoryOrderStore()
    store.create(order, [], NOW)
    service = as_pinned(a_service(store=store, queues={QUEUE.order_queue_id: QUEUE}))
    refused: list[OrderError] = []
    for action_id in acts:
        try:
            act(
                service,
                store.get(order.order_id),
                action_id,
                instruction=instruction,
                signature=SIGNATURE,
                permit=EVERYBODY,
            )
        except OrderError as error:
            refused.append(error)
    return store.get(order.order_id), refused


@settings(max_examples=examples(300), deadline=None)
@given(orders(), instructions)
def test_what_is_planned_is_done_and_what_is_refused_is_not(order: Order, instruction: Instruction) -> None:
    service = a_service(queues={QUEUE.order_queue_id: QUEUE})
    before = order.model_copy(deep=True)

    planned = plan_order(as_trial(service), order, instruction, EVERYBODY)

    assert order == before
    if isinstance(planned, Plan):
        after, refused = carry_out(order, instruction, planned.acts)
        assert refused == []
        assert after.revision == order.revision + len(planned.acts)
        assert (after.changed_by, after.changed_because) == (SIGNATURE.by, SIGNATURE.reason)
    else:
        after, refused = carry_out(order, instruction, acts_of(order, instruction))
        assert after == order
        assert not refused or planned.kind == refused[0].kind


@settings(max_examples=examples(200), deadline=None)
@given(orders(), instructions)
def test_money_is_named_wherever_some_is_held_and_never_called_captured_twice(
    order: Order, instruction: Instruction
) -> None:
    acts = acts_of(order, instruction)
    effect = money_of(order, instruction.verb, acts)
    invoice = order.actions["23"]

    if order.hold is None and order.attempt is None:
        assert effect.kind is MoneyKind.NONE
        assert effect.cents == 0
    if effect.kind is MoneyKind.CAPTURES:
        assert (invoice.attempts, order.hold) == (0, HOLD)
    if instruction.verb is BulkVerb.CANCEL and order.hold:
        assert effect.kind in (MoneyKind.RELEASES, MoneyKind.RETURNS, MoneyKind.LOOKED_UP)
        assert effect.kind is not MoneyKind.RELEASES or not (invoice.attempts or order.hold.captured)


def test_a_retry_never_answers_for_people() -> None:
    order = a_submitted_order(QUEUE)
    parked = Wait(token="t", since=NOW, due_at=NOW + 60, owner="qa")

    waits = order.changed(waits={"21": parked})

    assert acts_of(waits, Instruction(verb=BulkVerb.RETRY)) == ()
    assert acts_of(waits, Instruction(verb=BulkVerb.CANCEL)) == (WHOLE_ORDER,)


def test_a_token_is_of_its_user_its_instruction_its_orders_and_their_revisions() -> None:
    planned = PlannedOrder("1001", 3, 1, 1, 0, 995, "USD")
    retry: Any = Instruction(verb=BulkVerb.RETRY)

    digests = {
        next_digest(first_digest(by, instruction), (order,))
        for by in ("ada", "bob")
        for instruction in (retry, retry.changed(module="call_webhook"))
        for order in (planned, planned._replace(revision=4), planned._replace(order_id="1002"))
    }

    assert len(digests) == 12
