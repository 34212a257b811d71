"""The door of the payment provider's webhooks: who may store, who may pay, and what waits how long."""

import json

from infra.doors.gateway_webhooks import ROUTE, TRIES, WORKER_SECONDS
from infra.message_queues import visibility_of
from lambdas.orders.submit_request import CLAIM_SECONDS
from lambdas.webhooks.handler import MAX_BODY_BYTES
from lambdas.webhooks.providers import PROVIDERS
from tests.infra.functions.test_record_keys import READS, WRITES, may
from tests.infra.template import Synthesized, name_of

DOOR, WORKER = "GatewayWebhooksDoorRole", "GatewayWebhooksWorkerRole"


def test_events_wait_two_weeks_encrypted_and_ten_tries_later_in_the_dead_letters(stage: Synthesized) -> None:
    queue, dead = stage.properties("GatewayWebhooksEvents"), stage.properties("GatewayWebhooksDeadLetters")

    assert name_of(queue["RedrivePolicy"]["deadLetterTargetArn"]) == "GatewayWebhooksDeadLetters"
    assert queue["RedrivePolicy"]["maxReceiveCount"] == TRIES
    for each in (queue, dead):
        assert each["SqsManagedSseEnabled"] is True
        assert each["MessageRetentionPeriod"] == 14 * 86_400
        assert each["VisibilityTimeout"] == visibility_of(WORKER_SECONDS)


def test_a_batch_fails_in_parts_and_a_submit_that_died_has_lapsed_when_its_event_comes_again(
    stage: Synthesized,
) -> None:
    mappings = stage.properties_of_type("AWS::Lambda::EventSourceMapping")
    (mapping,) = (
        each for each in mappings.values() if name_of(each["FunctionName"]) == "GatewayWebhooksWorkerFunction"
    )

    assert name_of(mapping["EventSourceArn"]) == "GatewayWebhooksEvents"
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert WORKER_SECONDS < CLAIM_SECONDS < visibility_of(WORKER_SECONDS)


def test_the_door_stores_events_and_touches_no_other_record(stage: Synthesized) -> None:
    event = "gateway_event#stripe#evt_1"
    assert {verb for verb in (*READS, *WRITES) if may(stage, DOOR, verb, event)} == {"GetItem", "PutItem"}
    for other in ("order#1001", "client#101", "sandbox#1", "stripe#1", "effects#1", "invoices#101", "order_check"):
        assert not any(may(stage, DOOR, verb, other) for verb in (*READS, *WRITES)), other
        assert not may(stage, DOOR, "GetItem", "1001", table="StorageOrderTable")


def test_the_worker_forgets_no_event_and_stores_none(stage: Synthesized) -> None:
    event = "gateway_event#stripe#evt_1"
    assert {verb for verb in (*READS, *WRITES) if may(stage, WORKER, verb, event)} == {"GetItem", "UpdateItem"}


def test_the_worker_notes_disputes_of_clients_and_changes_no_client(stage: Synthesized) -> None:
    assert {verb for verb in (*READS, *WRITES) if may(stage, WORKER, verb, "disputes#101")} == {"PutItem"}
    assert not any(may(stage, WORKER, verb, "client#101") for verb in WRITES)


def test_the_route_is_throttled_as_webhooks_are_and_has_a_function_of_its_own(stage: Synthesized) -> None:
    route = stage.properties("GatewayWebhooksRoute")
    (deployed,) = stage.properties_of_type("AWS::ApiGatewayV2::Stage").values()

    assert route["RouteKey"] == ROUTE
    assert stage.functions_of_routes[ROUTE] == "GatewayWebhooksDoorFunction"
    assert deployed["RouteSettings"][ROUTE]["ThrottlingRateLimit"] == stage.settings.public_throttles.webhooks.rate
    assert MAX_BODY_BYTES < 6_000_000


def test_the_door_knows_the_secret_of_the_gateway_that_pays_the_stage(stage: Synthesized) -> None:
    variables = stage.functions["GatewayWebhooksDoor"]["Environment"]["Variables"]
    known = json.loads(name_of(variables["GATEWAY_WEBHOOK_SECRETS"]))

    assert set(known) == {stage.settings.gateway}
    assert known.keys() <= PROVIDERS.keys()
