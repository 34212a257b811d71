"""Notices to staff: only the events that somebody gets notices of come to their queue, and what failed is kept."""

from infra.mails.notices import SOURCE
from infra.queue_folders import read_queues
from lambdas.orders.events import ACTION_EVENTS
from lambdas.orders.model.notify import BUS_EVENTS, bus_events_of
from tests.infra.template import Synthesized, name_of


def test_each_queue_s_rule_takes_what_its_notices_are_of(stage: Synthesized) -> None:
    for folder in read_queues(stage.sources / "statemachines"):
        words = "".join(word.capitalize() for word in folder.name.split("_"))
        rule = stage.properties(f"StaffNotices{words}")
        assert rule["EventPattern"] == {
            "source": [SOURCE],
            "detail-type": sorted(bus_events_of(folder.notify)),
            "detail": {"order_queue_id": [folder.order_queue_id]},
        }
        (target,) = rule["Targets"]
        assert name_of(target["Arn"]) == "StaffNoticesQueue"
        assert name_of(target["DeadLetterConfig"]["Arn"]) == "StaffNoticesDeadLetters"


def test_an_automatic_queue_costs_nothing_while_all_goes_well(stage: Synthesized) -> None:
    happens = {"OrderCreated", "OrderSubmitted", "OrderActionStarted", "OrderActionDone", "OrderCompleted"}

    assert not happens & set(stage.properties("StaffNoticesNewAccounts")["EventPattern"]["detail-type"])


def test_there_are_such_events() -> None:
    named = {name for names in BUS_EVENTS.values() for name in names}

    assert named & set(ACTION_EVENTS.values()) == {"OrderActionWaiting", "OrderActionFailed", "OrderActionSkipped"}


def test_a_message_comes_again_only_after_its_sender_counts_as_dead(stage: Synthesized) -> None:
    from lambdas.notices.staff.channels import DEAD_AFTER_SECONDS

    queue, worker = stage.properties("StaffNoticesQueue"), stage.functions["StaffNoticesTeller"]
    assert worker["Timeout"] < DEAD_AFTER_SECONDS < queue["VisibilityTimeout"]
    assert queue["VisibilityTimeout"] >= 6 * worker["Timeout"]
    assert stage.functions["StaffNoticesDigests"]["Timeout"] < DEAD_AFTER_SECONDS
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 5
    assert stage.properties("StaffNoticesDeadLetters")["MessageRetentionPeriod"] == 14 * 86_400


def test_the_links_of_notices_lead_to_the_desk_on_the_api_s_host(stage: Synthesized) -> None:
    for function in ("StaffNoticesTeller", "StaffNoticesDigests"):
        desk = stage.functions[function]["Environment"]["Variables"]["DESK_URL"]
        assert name_of(desk) == "ApiHttpApi.ApiEndpoint/desk"
