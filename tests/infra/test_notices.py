"""Mails about orders of forms: which events bring them about, when people are reminded, and where what failed is kept."""

from infra.mails.notices import EVENTS, SOURCE
from lambdas.orders.events import _OF_THE_ORDER
from lambdas.outbox import bus
from tests.infra.template import Synthesized, name_of


def test_only_orders_of_forms_come_to_the_queue(stage: Synthesized) -> None:
    rule = stage.properties("NoticesOrders")

    assert rule["EventPattern"] == {
        "source": [bus.SOURCE],
        "detail-type": ["OrderCreated", "OrderUpdated", "OrderSubmitted", "OrderCompleted", "OrderCanceled"],
        "detail": {"order_form_id": [{"numeric": [">", 0]}]},
    }
    assert name_of(rule["EventBusName"]) == "OutboxBus"
    (target,) = rule["Targets"]
    assert name_of(target["Arn"]) == "NoticesQueue"
    assert name_of(target["DeadLetterConfig"]["Arn"]) == "NoticesDeadLetters"


def test_there_are_such_events() -> None:
    assert bus.SOURCE == SOURCE
    assert set(EVENTS) <= {"OrderCreated", *(name for name, _ in _OF_THE_ORDER)}


def test_a_message_stays_hidden_while_its_function_may_run_and_is_set_aside_after_five_tries(
    stage: Synthesized,
) -> None:
    queue = stage.properties("NoticesQueue")
    function = stage.functions["NoticesSender"]

    assert queue["VisibilityTimeout"] >= 6 * function["Timeout"]
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 5
    assert name_of(queue["RedrivePolicy"]["deadLetterTargetArn"]) == "NoticesDeadLetters"
    assert stage.properties("NoticesDeadLetters")["MessageRetentionPeriod"] == 14 * 86_400


def test_only_the_rule_of_orders_may_put_events_in(stage: Synthesized) -> None:
    statements = stage.properties("NoticesQueuePolicy")["PolicyDocument"]["Statement"]
    (let_in,) = [statement for statement in statements if statement["Effect"] == "Allow"]

    assert (let_in["Principal"], let_in["Action"]) == ({"Service": "events.amazonaws.com"}, "sqs:SendMessage") or (
        "sqs:SendMessage" in let_in["Action"]
    )
    assert name_of(next(iter(let_in["Condition"]["ArnEquals"].values()))) == "NoticesOrders"


def test_leads_are_looked_through_every_hour(stage: Synthesized) -> None:
    assert stage.properties("NoticesRemind")["ScheduleExpression"] == "rate(1 hour)"
