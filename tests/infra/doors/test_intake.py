"""The door of signed contracts: nothing is lost on the way to the queue, in it, or behind it."""

import json
from typing import get_args

from infra.doors.intake import TRIES, WORKER_SECONDS
from infra.message_queues import visibility_of
from infra.stages.settings import settings_of
from infra.stages.subjects import Provider
from lambdas.intake.providers import PROVIDERS
from lambdas.orders.submit_request import CLAIM_SECONDS
from lambdas.runtime.provider_keys import Keys
from tests.infra.filled_in import filled_in_prod
from tests.infra.template import Synthesized, name_of

DAY_SECONDS = 86_400


def test_contracts_wait_two_weeks_encrypted_and_five_tries_later_in_the_dead_letters(stage: Synthesized) -> None:
    queue, dead = stage.properties("IntakeContracts"), stage.properties("IntakeDeadLetters")
    redrive = queue["RedrivePolicy"]

    assert name_of(redrive["deadLetterTargetArn"]) == "IntakeDeadLetters"
    assert redrive["maxReceiveCount"] == TRIES == 5
    for each in (queue, dead):
        assert each["SqsManagedSseEnabled"] is True
        assert each["MessageRetentionPeriod"] == 14 * DAY_SECONDS
        assert each["VisibilityTimeout"] == visibility_of(WORKER_SECONDS)


def test_only_the_rule_of_the_bus_may_put_into_the_queues_from_outside_and_only_over_tls(stage: Synthesized) -> None:
    for queue in ("IntakeContracts", "IntakeDeadLetters"):
        statements = stage.properties(f"{queue}Policy")["PolicyDocument"]["Statement"]
        allowed = [each for each in statements if each["Effect"] == "Allow"]
        refused = [each for each in statements if each["Effect"] == "Deny"]
        assert [each["Principal"] for each in allowed] == [{"Service": "events.amazonaws.com"}]
        assert {name_of(each["Condition"]["ArnEquals"]["aws:SourceArn"]) for each in allowed} == {"IntakeSigned"}
        assert [each["Condition"] for each in refused] == [{"Bool": {"aws:SecureTransport": "false"}}]


def test_a_batch_fails_in_parts_and_is_not_handed_out_while_it_is_worked_on(stage: Synthesized) -> None:
    mappings = stage.properties_of_type("AWS::Lambda::EventSourceMapping")
    (mapping,) = (each for each in mappings.values() if name_of(each["FunctionName"]) == "IntakeWorkerFunction")

    assert name_of(mapping["EventSourceArn"]) == "IntakeContracts"
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["BatchSize"] == 5
    assert stage.functions["IntakeWorker"]["Timeout"] == WORKER_SECONDS
    assert visibility_of(WORKER_SECONDS) >= 6 * WORKER_SECONDS
    assert (
        WORKER_SECONDS < CLAIM_SECONDS < visibility_of(WORKER_SECONDS)
    )  # a submit that died has lapsed when it comes again


def test_contracts_have_a_bus_of_their_own_and_every_signed_one_goes_to_the_queue(stage: Synthesized) -> None:
    rule = stage.properties("IntakeSigned")
    (target,) = rule["Targets"]

    assert stage.properties("IntakeBus")["Name"] == f"{stage.settings.stage}-contracts"
    assert name_of(rule["EventBusName"]) == "IntakeBus"
    assert rule["EventPattern"] == {"detail-type": ["ContractSigned"]}
    assert name_of(target["Arn"]) == "IntakeContracts"
    assert name_of(target["DeadLetterConfig"]["Arn"]) == "IntakeDeadLetters"


def test_webhooks_have_a_route_and_a_function_of_their_own(stage: Synthesized) -> None:
    route = stage.properties("IntakeRoute")

    assert route["RouteKey"] == "POST /contracts/{provider}"
    assert stage.functions_of_routes[route["RouteKey"]] == "IntakeWebhookFunction"


def test_each_provider_signs_with_keys_that_nobody_knows_before_they_are_set(stage: Synthesized) -> None:
    told = json.loads(name_of(stage.functions["IntakeWebhook"]["Environment"]["Variables"]["CONTRACT_SECRETS"]))

    assert {name: name for name in told} == {name: name for name in stage.settings.contract_providers}
    assert told == {"docusign": "IntakeDocusignKeys", "generic": "IntakeGenericKeys"}
    for secret in told.values():
        assert stage.properties(secret)["GenerateSecretString"] == {"PasswordLength": 64, "ExcludePunctuation": True}
    assert all(Keys(told).knows(name) for name in told)


def test_every_stage_listens_to_providers_we_know() -> None:
    for stage in (filled_in_prod(), *map(settings_of, ("local", "test", "dev"))):
        assert set(stage.contract_providers) <= set(PROVIDERS)
    assert set(get_args(Provider)) == set(PROVIDERS)
