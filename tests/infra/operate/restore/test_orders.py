"""Lost and old rows of orders are fixed: at the last revision that history has, by one write, and with one execution each."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.operate.reconcile import REVISIONS
from infra.operate.restore.orders import RestoredOrders
from infra.operate.restore.rows import ChangedMeanwhileError, OrderRows
from infra.operate.restore.standing import FIXED, Standing
from infra.operate.restore.walks import Walks
from lambdas.orders.decisions import progress
from lambdas.orders.decisions.operator import restart
from lambdas.orders.model.executions import execution_name
from lambdas.orders.model.order import Hold, Order, Wait
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.model.waits import MACHINE_WAIT
from lambdas.orders.store import DynamoOrderStore, order_item
from lambdas.payments.effects.effect import Effect, EffectKind, Outcome, Payment
from lambdas.payments.effects.ledger import EffectLedger
from lambdas.payments.gateway import TransactionState
from lambdas.read_models.history.history import History
from lambdas.read_models.history.table import HistoryTable
from lambdas.records.table import RecordTable
from tests.support.build import NOW, a_submitted_order, an_order, hold_key, the_default_queue
from tests.support.tables import make_order_table, make_table

QUEUE = the_default_queue()
AT, FIXED_AT = NOW + 10, NOW + 600
COMPLETE = 13
WAIT = Wait(token="the-token", since=NOW, due_at=NOW + 60, owner="billing")
HOLD = Hold(transaction_id="tx-1", key="key-1", method="cc", amount_cents=995, currency="USD")


class Executions:
    """Step Functions. `moved_at`: of the executions that run, by name, when they did something last."""

    class exceptions:
        class ExecutionDoesNotExist(Exception): ...

    def __init__(self) -> None:
        self.statuses: dict[str, str] = {}
        self.moved_at: dict[str, int] = {}

    def run(self, order: Order, moved_at: int = NOW) -> None:
        self.statuses[execution_name(order)], self.moved_at[execution_name(order)] = "RUNNING", moved_at

    def describe_execution(self, executionArn: str) -> dict[str, Any]:
        name = executionArn.rpartition(":")[2]
        if name not in self.statuses:
            raise self.exceptions.ExecutionDoesNotExist
        return {"status": self.statuses[name], "startDate": datetime.fromtimestamp(NOW, UTC)}

    def get_execution_history(self, executionArn: str, **_: Any) -> dict[str, Any]:
        moved_at = self.moved_at[executionArn.rpartition(":")[2]]
        return {"events": [{"timestamp": datetime.fromtimestamp(moved_at, UTC)}]}

    def stop_execution(self, executionArn: str, **_: Any) -> None:
        self.statuses[executionArn.rpartition(":")[2]] = "ABORTED"


class Stage:
    def __init__(self) -> None:
        self.client = boto3.client("dynamodb", region_name="us-east-1")
        self.then = DynamoOrderStore(make_order_table(self.client, "orders-then"), self.client)
        self.live = DynamoOrderStore(make_order_table(self.client, "orders"), self.client)
        self.table = HistoryTable(RecordTable(make_table(self.client, "history"), self.client))
        self.history = History(self.table, lambda: NOW)
        self.ledger = EffectLedger(RecordTable(make_table(self.client, "records"), self.client))
        self.executions = Executions()

    def restored(self, *only: str) -> RestoredOrders:
        step_functions: Any = self.executions
        return RestoredOrders(
            rows=OrderRows(self.client, "orders-then", "orders", frozenset(only)),
            history=self.table,
            ledger=self.ledger,
            walks=Walks(step_functions, {"1": "arn:aws:states:us-east-1:1:stateMachine:m"}),
            queues={1: QUEUE},
            machine_hashes={"1": "deployed"},
            at=AT,
            now=FIXED_AT,
        )

    def at_the_moment(self, order: Order) -> Order:
        """The restored table has it, and history has heard of it."""
        self.then.create(order, (), NOW)
        self.history.follow(None, order)
        return order

    def went_on(self, before: Order, **changes: Any) -> Order:
        after = before.changed(revision=before.revision + 1, activity=AT + 5, **changes)
        self.history.follow(before, after)
        return after

    def standing(self, *only: str) -> dict[str, Standing]:
        return {each.order_id: each.standing(FIXED_AT) for each in self.restored(*only).seen()}

    def fix(self) -> str:
        said = [self.restored().fix(each).text for each in self.restored().seen() if each.standing(FIXED_AT) in FIXED]
        return "; ".join(said)

    def paid(self, order: Order, transaction_id: str) -> str:
        """A call of ours that began the payment, as the ledger has it. Return its key."""
        key = hold_key(order)
        effect = Effect(kind=EffectKind.AUTHORIZE, key=key, gateway="sandbox", asked_at=AT, asked_in="api")
        payment = Payment(transaction_id=transaction_id, state=TransactionState.HELD, amount_cents=995, currency="USD")
        self.ledger.close(self.ledger.open(effect, at=AT), Outcome.DONE, payment, at=AT)
        return key

    def damage(self, row: dict[str, Any]) -> None:
        self.client.put_item(TableName="orders", Item=row)


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield Stage()


def same(order: Order) -> Order:
    """But for what each row that is put back has anew."""
    return order.changed(revision=0)


def test_an_order_that_was_lost_where_it_stood_keeps_its_execution_and_its_token(stage: Stage) -> None:
    order = stage.at_the_moment(a_submitted_order(waits={"101": WAIT}, hold=HOLD))
    stage.executions.run(order)
    assert stage.standing() == {"1001": Standing.LOST}

    assert "put back as of revision 1, Processing" in stage.fix()

    back = stage.live.get("1001")
    assert same(back) == same(order)
    assert (back.revision, stage.executions.statuses[execution_name(order)]) == (1 + REVISIONS, "RUNNING")
    assert stage.standing() == {"1001": Standing.AGREE}


def test_one_that_came_to_its_end_since_comes_back_at_its_end(stage: Stage) -> None:
    order = stage.at_the_moment(a_submitted_order(waits={"101": WAIT}, hold=HOLD, password_hash="secret"))
    later = stage.went_on(order, waits={})
    ended = stage.went_on(later, step_id=COMPLETE, step_status=StepStatus.COMPLETE, completed_at=AT + 5)
    stage.executions.statuses[execution_name(order)] = "SUCCEEDED"

    assert "Complete" in stage.fix()

    assert same(stage.live.get("1001")) == same(ended)
    assert list(stage.executions.statuses) == [execution_name(order)]


def test_one_in_progress_that_went_on_gets_another_execution_and_the_old_one_ends(stage: Stage) -> None:
    order = stage.at_the_moment(a_submitted_order(waits={"101": WAIT}, hold=HOLD))
    later = stage.went_on(order, waits={"102": WAIT}, priority=3)
    stage.executions.run(order, moved_at=AT + 5)

    assert "with another execution" in stage.fix()

    back = stage.live.get("1001")
    assert (back.priority, back.machine_run, back.epoch, back.waits) == (3, 2, later.epoch + 1, {})
    assert (back.hold, back.machine_hash) == (HOLD, "deployed")
    assert stage.executions.statuses == {execution_name(order): "ABORTED"}


def test_an_execution_that_moved_on_alone_is_not_believed(stage: Stage) -> None:
    """History heard of nothing, because the row was gone by then."""
    order = stage.at_the_moment(a_submitted_order(waits={"101": WAIT}))
    stage.executions.run(order, moved_at=AT)

    stage.fix()

    assert stage.live.get("1001").machine_run == 2
    assert stage.executions.statuses[execution_name(order)] == "ABORTED"


def test_names_that_later_executions_had_are_not_given_again(stage: Stage) -> None:
    order = stage.at_the_moment(a_submitted_order())
    for run, status in ((1, "FAILED"), (2, "ABORTED"), (3, "RUNNING")):
        stage.executions.statuses[execution_name(order.changed(machine_run=run))] = status

    stage.fix()

    assert stage.live.get("1001").machine_run == 4
    assert set(stage.executions.statuses.values()) == {"FAILED", "ABORTED"}


def test_a_payment_that_was_begun_since_keeps_its_key(stage: Stage) -> None:
    lead = stage.at_the_moment(an_order())
    key = stage.paid(lead, "tx-2")
    hold = HOLD.changed(transaction_id="tx-2", key=key)
    submitted = progress.submitted(lead, now=AT + 5, hold=hold).changed(revision=lead.revision + 1)
    stage.history.follow(lead, submitted)

    stage.fix()

    back = stage.live.get("1001")
    assert (back.is_lead, back.hold) == (False, hold)


def unknown_payment(stage: Stage, order: Order) -> None:
    stage.went_on(order, hold=HOLD.changed(transaction_id="tx-unknown"))


def erased(stage: Stage, order: Order) -> None:
    stage.went_on(order, priority=3)
    stage.history.erase(order.order_id, by="ann")


@pytest.mark.parametrize(("happened", "why"), [(unknown_payment, "has no key of its payment"), (erased, "were erased")])
def test_what_history_does_not_say_waits_for_a_person(
    stage: Stage, happened: Callable[[Stage, Order], None], why: str
) -> None:
    order = stage.at_the_moment(a_submitted_order(waits={"101": WAIT}))
    stage.executions.run(order, moved_at=AT + 5)
    happened(stage, order)

    assert why in stage.fix()

    back = stage.live.get("1001")
    assert (back.priority, back.machine_run, back.machine_stopped_at) == (1, 1, FIXED_AT)
    assert why in back.machine_stopped_because
    assert back.waits[MACHINE_WAIT].owner == restart.OWNER
    assert stage.executions.statuses == {execution_name(order): "ABORTED"}


def test_a_row_that_was_put_back_by_hand_is_brought_forward(stage: Stage) -> None:
    order = stage.at_the_moment(a_submitted_order())
    later = stage.went_on(stage.went_on(order, priority=2), priority=3)
    stage.damage(order_item(order))
    assert stage.standing() == {"1001": Standing.OLDER}

    stage.fix()

    assert (stage.live.get("1001").priority, stage.live.get("1001").revision) == (3, later.revision + REVISIONS)


def test_a_row_that_cannot_be_read_is_replaced(stage: Stage) -> None:
    order = stage.at_the_moment(a_submitted_order(waits={"101": WAIT}))
    stage.executions.run(order)
    stage.damage({**order_item(order), "step_status": {"S": "nonsense"}})
    assert stage.standing() == {"1001": Standing.UNREADABLE}

    stage.fix()

    assert same(stage.live.get("1001")) == same(order)


def test_what_went_on_ended_or_is_anothers_is_left(stage: Stage) -> None:
    gone_on = stage.at_the_moment(a_submitted_order())
    stage.damage(order_item(stage.went_on(gone_on, priority=3)))
    stage.at_the_moment(an_order(order_id="1002", hash="b", expires_at=FIXED_AT))
    stage.at_the_moment(a_submitted_order(order_id="1003", hash="c"))
    stage.damage(order_item(a_submitted_order(order_id="1003", hash="another")))
    edited = stage.at_the_moment(a_submitted_order(order_id="1004", hash="d"))
    stage.damage(order_item(edited.changed(priority=3)))
    before = stage.client.scan(TableName="orders")["Items"]

    assert stage.standing() == {
        "1001": Standing.AGREE,
        "1002": Standing.EXPIRED,
        "1003": Standing.ANOTHER,
        "1004": Standing.EDITED,
    }
    assert stage.standing("1003") == {"1003": Standing.ANOTHER}
    assert stage.fix() == ""
    assert stage.client.scan(TableName="orders")["Items"] == before


def test_what_is_written_in_between_is_not_overwritten(stage: Stage) -> None:
    order = stage.at_the_moment(a_submitted_order())
    (seen,) = stage.restored().seen()
    stage.live.create(order, (), NOW)

    with pytest.raises(ChangedMeanwhileError, match="1001"):
        stage.restored().fix(seen)
    assert stage.live.get("1001") == order
