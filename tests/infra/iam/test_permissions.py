"""Who may do what, word for word. A permission is added here and in infra/, or not at all.

What an action may do is written in words in its row of infra/actions.py, so that row is the one place for it; it stays within
ON_RECORDS, and gets to the template unchanged.
"""

from collections import defaultdict
from typing import Any

import pytest

from infra.actions import ACTIONS, ActionNeeds, construct_name
from infra.queue_folders import read_queues
from tests.infra.template import Synthesized, called_function, name_of

READ_WRITE = {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"}
TRANSACTION = READ_WRITE | {"dynamodb:ConditionCheckItem"}
READ_MODELS = TRANSACTION | {"dynamodb:DeleteItem", "dynamodb:Query", "dynamodb:BatchWriteItem"}
FETCH = {"dynamodb:BatchGetItem"}  # what lists found in an index
CLAIM_AND_SETTLE = READ_WRITE
WAIT = {"dynamodb:GetItem", "dynamodb:UpdateItem"}
TRACE = {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}

SENDER = "arn:AWS::Partition:ses:AWS::Region:AWS::AccountId:identity/*"  # as a sender of the stage's: test_outside.py

# All that a row of infra/actions.py may ask for on the record table.
ON_RECORDS = TRANSACTION | {"dynamodb:Query"}


def _of_action(needs: ActionNeeds) -> dict[str, set[str]]:
    """Claim and settle, like every action; what its row asks for; and nothing else."""
    paused = {"dynamodb:GetItem", "dynamodb:PutItem"}  # what is paused, and what waits for that: test_record_keys.py
    found = {"dynamodb:Query"} if needs.finds_clients else set()
    on_records = paused | found | {f"dynamodb:{verb}" for verb in needs.on_records}
    return {
        "StorageOrderTable": CLAIM_AND_SETTLE,
        "StorageRecordTable": on_records,
        **({SENDER: {"ses:SendEmail"}} if needs.sends_mail else {}),
        **({"ActionsWebhookSecret": {"secretsmanager:GetSecretValue"}} if needs.calls_outside else {}),
        "*": TRACE,
    }


ON_RECORDS_OF_NOTICES = READ_WRITE | {"dynamodb:DeleteItem", "dynamodb:Query"}

ON_TABLES_OF_STAFF_NOTICES = {
    "StorageOrderTable": {"dynamodb:GetItem"},
    "StorageRecordTable": {f"dynamodb:{verb}" for verb in ("PutItem", "UpdateItem", "DeleteItem", "Query")},
    "ActionsWebhookSecret": {"secretsmanager:GetSecretValue"},
    SENDER: {"ses:SendEmail"},
    "*": TRACE,
}

FUNCTIONS: dict[str, dict[str, set[str]]] = {
    "ApiHandler": {
        "StorageOrderTable": TRANSACTION | FETCH,
        "StorageOrderTable/index/by_step": {"dynamodb:Query"},
        "StorageOrderTable/index/by_client": {"dynamodb:Query"},
        "StorageOrderTable/index/by_opportunity": {"dynamodb:Query"},
        # DeleteItem: of what finds a client by an address or login name it no longer has (infra/functions/record_keys.py)
        "StorageRecordTable": TRANSACTION | {"dynamodb:Query", "dynamodb:DeleteItem"},
        "StorageGuardTable": READ_WRITE,
        "StorageHistoryTable": {"dynamodb:GetItem", "dynamodb:Query"},
        "StorageDeskTable": READ_WRITE | {"dynamodb:DeleteItem", "dynamodb:Query"},
        "AttachmentsBucket/orders/*": {"s3:PutObject", "s3:GetObject"},
        SENDER: {"ses:SendEmail"},
        "BulkMachine": {"states:StartExecution"},
        "*": TRACE,
        # and to ask for executions: ASK_EXECUTIONS below
    },
    "AnchorsAnchor": {
        "StorageHistoryTable": {"dynamodb:GetItem", "dynamodb:Query"},
        "StorageRecordTable": {"dynamodb:GetItem", "dynamodb:PutItem"},  # of one record: test_history_anchors.py
        "AnchorsBucket/anchors/*": {"s3:PutObject"},
        "*": TRACE,
    },
    "BulkWorker": {
        "StorageOrderTable": TRANSACTION,
        "StorageRecordTable": TRANSACTION | {"dynamodb:Query"},
        "StorageGuardTable": {"dynamodb:UpdateItem"},  # of windows: test_record_keys.py
        "*": TRACE,
    },
    "RunbooksHandler": {
        "StorageOrderTable": TRANSACTION | FETCH,
        "StorageOrderTable/index/by_step": {"dynamodb:Query"},
        "StorageOrderTable/index/by_client": {"dynamodb:Query"},
        # DeleteItem: of what waited for a pause
        "StorageRecordTable": TRANSACTION | {"dynamodb:Query", "dynamodb:DeleteItem"},
        "StorageGuardTable": {"dynamodb:GetItem", "dynamodb:PutItem"},  # previews: test_record_keys.py
        "BulkMachine": {"states:StartExecution"},
        "OutboxDeadLetters": {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"},
        "StorageOrderTable.StreamArn": {"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"},
        **{key: {"lambda:InvokeFunction"} for key in ("OutboxRelayFunction", "OutboxAnnouncerFunction")},
        "arn:AWS::Partition:ssm:AWS::Region:AWS::AccountId:automation-execution/*": {"ssm:GetAutomationExecution"},
        "*": TRACE,
    },
    "DeskHandler": {
        "StorageOrderTable": TRANSACTION | FETCH,
        "StorageOrderTable/index/by_step": {"dynamodb:Query"},
        "StorageOrderTable/index/by_client": {"dynamodb:Query"},
        "StorageRecordTable": TRANSACTION | {"dynamodb:Query", "dynamodb:DeleteItem"},  # DeleteItem: of a session
        "StorageGuardTable": READ_WRITE,
        "StorageHistoryTable": {"dynamodb:GetItem", "dynamodb:Query"},
        "StorageDeskTable": {"dynamodb:GetItem", "dynamodb:Query"},
        "AttachmentsBucket/orders/*": {"s3:GetObject"},
        SENDER: {"ses:SendEmail"},
        "BulkMachine": {"states:StartExecution"},
        "*": TRACE,
    },
    "WidgetsActor": {
        "StorageOrderTable": TRANSACTION | FETCH,
        "StorageOrderTable/index/by_step": {"dynamodb:Query"},
        "StorageOrderTable/index/by_client": {"dynamodb:Query"},
        "StorageRecordTable": TRANSACTION | {"dynamodb:Query"},
        "StorageHistoryTable": {"dynamodb:GetItem", "dynamodb:Query"},
        "StorageDeskTable": {"dynamodb:GetItem", "dynamodb:Query"},
        "*": TRACE,
    },
    "WidgetsReader": {
        "StorageOrderTable": {"dynamodb:GetItem"} | FETCH,
        "StorageOrderTable/index/by_step": {"dynamodb:Query"},
        "StorageOrderTable/index/by_client": {"dynamodb:Query"},
        "StorageRecordTable": {"dynamodb:GetItem", "dynamodb:Query"},
        "StorageHistoryTable": {"dynamodb:GetItem", "dynamodb:Query"},
        "StorageDeskTable": {"dynamodb:GetItem", "dynamodb:Query"},
        "*": TRACE,
    },
    "DocsHandler": {"*": TRACE},
    "DocumentMailsSender": {
        "StorageOrderTable": {"dynamodb:GetItem"},
        "StorageRecordTable": {"dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem"},
        SENDER: {"ses:SendEmail"},
        "*": TRACE,
    },
    "DocumentsHandler": {
        "StorageOrderTable": {"dynamodb:GetItem"},
        "StorageRecordTable": {"dynamodb:GetItem", "dynamodb:Query"},
        "*": TRACE,
    },
    "FormsHandler": {
        "StorageOrderTable": TRANSACTION,
        "StorageRecordTable": TRANSACTION | {"dynamodb:Query"},
        "StorageGuardTable": READ_WRITE,
        "AttachmentsBucket/orders/*": {"s3:PutObject"},
        "NoticesQueue": {"sqs:SendMessage"},
        "FormsSecret": {"secretsmanager:GetSecretValue"},
        "*": TRACE,
    },
    "NoticesSender": {
        "StorageOrderTable": {"dynamodb:GetItem"},
        "StorageRecordTable": ON_RECORDS_OF_NOTICES,
        "StorageGuardTable": {"dynamodb:UpdateItem"},
        "NoticesQueue": {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"},
        SENDER: {"ses:SendEmail"},
        "*": TRACE,
    },
    "NoticesReminder": {
        "StorageOrderTable": {"dynamodb:GetItem"} | FETCH,
        "StorageOrderTable/index/by_step": {"dynamodb:Query"},
        "StorageRecordTable": ON_RECORDS_OF_NOTICES,
        "StorageGuardTable": {"dynamodb:UpdateItem"},
        SENDER: {"ses:SendEmail"},
        "*": TRACE,
    },
    "StaffNoticesTeller": {
        **ON_TABLES_OF_STAFF_NOTICES,
        "StaffNoticesQueue": {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"},
    },
    "StaffNoticesDigests": ON_TABLES_OF_STAFF_NOTICES,
    "SandboxProviderHandler": {
        "StorageRecordTable": {
            "dynamodb:GetItem",
            "dynamodb:PutItem",
        },  # of the sandbox's own records: test_sandbox_provider.py
        "*": TRACE,
    },
    **{f"Actions{construct_name(module)}": _of_action(needs) for module, needs in ACTIONS.items()},
    "OutboxAnnouncer": {
        "OutboxBus": {"events:PutEvents"},
        "OutboxDeadLetters": {"sqs:SendMessage"},
        "StorageRecordTable": {"dynamodb:UpdateItem"},
        "StorageHistoryTable": {"dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"},
        "StorageDeskTable": READ_MODELS,
        "StorageOrderTable.StreamArn": {"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"},
        "*": TRACE | {"dynamodb:ListStreams"},
    },
    "OutboxRelay": {
        "OutboxDeadLetters": {"sqs:SendMessage"},
        "StorageOrderTable": {"dynamodb:GetItem", "dynamodb:PutItem"},
        "StorageOrderTable.StreamArn": {"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"},
        "*": TRACE | {"dynamodb:ListStreams"},
        # and, for every machine, what MACHINE_FROM_RELAY says, and lambda:InvokeFunction on every action
    },
    "IntakeWebhook": {
        "IntakeContracts": {"sqs:SendMessage"},
        "IntakeDocusignKeys": {"secretsmanager:GetSecretValue"},
        "IntakeGenericKeys": {"secretsmanager:GetSecretValue"},
        "*": TRACE,
    },
    "IntakeWorker": {
        "StorageOrderTable": TRANSACTION,
        "StorageRecordTable": TRANSACTION | {"dynamodb:Query"},
        "StorageGuardTable": {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"},
        "IntakeContracts": {
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "sqs:ChangeMessageVisibility",
        },
        "IntakeDeadLetters": {"sqs:SendMessage"},
        "*": TRACE,
    },
    "GatewayWebhooksDoor": {
        "StorageRecordTable": {"dynamodb:GetItem", "dynamodb:PutItem"},  # of its own events: test_gateway_webhooks.py
        "GatewayWebhooksEvents": {"sqs:SendMessage"},
        "GatewayWebhooksSigningKeys": {"secretsmanager:GetSecretValue"},
        "*": TRACE,
    },
    "GatewayWebhooksWorker": {
        "StorageOrderTable": TRANSACTION,
        "StorageRecordTable": TRANSACTION | {"dynamodb:Query"},
        "StorageGuardTable": {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"},
        "GatewayWebhooksEvents": {
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "sqs:ChangeMessageVisibility",
        },
        "*": TRACE,
    },
    "WatchSweeper": {
        "StorageOrderTable": {"dynamodb:GetItem", "dynamodb:PutItem"} | FETCH,
        "StorageOrderTable/index/by_due": {"dynamodb:Query"},
        "StorageOrderTable/index/by_step": {"dynamodb:Query"},
        "StorageRecordTable": READ_WRITE - {"dynamodb:UpdateItem"} | {"dynamodb:Query", "dynamodb:DeleteItem"},
        "*": TRACE,
        # and states:ListExecutions on every machine
    },
    "WatchHolds": {
        "StorageOrderTable": {"dynamodb:GetItem", "dynamodb:PutItem"} | FETCH,
        "StorageOrderTable/index/by_due": {"dynamodb:Query"},
        "StorageRecordTable": TRANSACTION | {"dynamodb:Query"},
        "*": TRACE,
    },
    "WatchCheck": {
        "StorageOrderTable": FETCH,
        "StorageOrderTable/index/by_step": {"dynamodb:Query"},
        # It writes its own progress and findings only (test_record_keys).
        "StorageRecordTable": {"dynamodb:GetItem", "dynamodb:Query"}
        | {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"},
        "*": TRACE,
        # and states:ListExecutions on every machine
    },
    "WatchExecutions": {
        "StorageOrderTable": {"dynamodb:GetItem", "dynamodb:PutItem"},
        "WatchMissed": {"sqs:SendMessage"},
        "*": TRACE,
    },
}

ASK_EXECUTIONS = (
    "ApiHandler",
    "BulkWorker",
    "RunbooksHandler",
    "DeskHandler",
    "WidgetsActor",
    "OutboxRelay",
    "WatchExecutions",
    "WatchSweeper",
    "WatchCheck",
)
MACHINE_FROM_RELAY = {"states:StartExecution", "states:SendTaskSuccess", "states:SendTaskFailure"}

MACHINE: dict[str, set[str]] = {
    "StorageOrderTable": WAIT,
    "*": TRACE
    | {"xray:GetSamplingRules", "xray:GetSamplingTargets"}
    | {"logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery"}
    | {"logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups"},
    # and lambda:InvokeFunction on every action its definition names
}


def test_no_row_of_an_action_asks_for_more_than_modules_may_have() -> None:
    assert {f"dynamodb:{verb}" for needs in ACTIONS.values() for verb in needs.on_records} <= ON_RECORDS
    assert {module for module, needs in ACTIONS.items() if needs.sends_mail} == {"send_notification"}
    assert {module for module, needs in ACTIONS.items() if needs.calls_outside} == {"call_webhook"}


def functions_of(stage: Synthesized) -> set[str]:
    """All but what the stage did not ask for."""
    return set(FUNCTIONS) - (set() if stage.settings.history_anchors else {"AnchorsAnchor"})


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_may_do_exactly_this(stage: Synthesized, function: str) -> None:
    if function not in functions_of(stage):
        assert f"{function}Role" not in stage.resources
        return
    expected = FUNCTIONS[function] | {f"{function}Logs": {"logs:CreateLogStream", "logs:PutLogEvents"}}
    if function == "OutboxRelay":
        expected |= dict.fromkeys(_machines_of_queues(stage), MACHINE_FROM_RELAY)
        actions = [name for name in stage.functions if name.startswith("Actions")]
        expected |= {f"{name}Function": {"lambda:InvokeFunction"} for name in actions}

    if function in ASK_EXECUTIONS:
        names = [f"{stage.settings.stage}-{queue.name}" for queue in read_queues(stage.sources / "statemachines")]
        where = "arn:AWS::Partition:states:AWS::Region:AWS::AccountId:execution"
        starts_runs = function in ("ApiHandler", "DeskHandler", "RunbooksHandler")
        names += [f"{stage.settings.stage}-bulk-runs"] if starts_runs else []
        expected |= {f"{where}:{name}:*": {"states:DescribeExecution"} for name in names}
    if function in ("WatchSweeper", "WatchCheck"):
        expected |= {key: {"states:ListExecutions"} for key in _machines_of_queues(stage)}

    assert _allowed(stage.properties(f"{function}Role")) == expected


def test_a_machine_may_invoke_the_actions_it_names_and_write_waits(stage: Synthesized) -> None:
    for queue in read_queues(stage.sources / "statemachines"):
        words = {module: "".join(word.capitalize() for word in module.split("_")) for module in queue.modules()}
        actions = {f"Actions{name}Function": {"lambda:InvokeFunction"} for name in words.values()}
        machine = "".join(word.capitalize() for word in queue.name.split("_"))

        assert _allowed(stage.properties(f"Queues{machine}Role")) == MACHINE | actions


def test_the_machine_of_bulk_runs_may_invoke_its_worker_and_nothing_else(stage: Synthesized) -> None:
    of_orders = {"*": MACHINE["*"]}

    assert _allowed(stage.properties("BulkRole")) == of_orders | {"BulkWorkerFunction": {"lambda:InvokeFunction"}}


_SHIFTS: dict[str, set[str]] = {"at_once": set(), "canary": {"Shifts"}}  # tests/infra/doors/test_shifts.py holds it


def test_there_is_no_role_beside_these(stage: Synthesized) -> None:
    machines = {name.removesuffix("Machine") for name in stage.of_type("AWS::StepFunctions::StateMachine")}

    assert {name.removesuffix("Role") for name in stage.of_type("AWS::IAM::Role")} == functions_of(
        stage
    ) | machines | _SHIFTS[stage.settings.door_shift]


def test_no_role_has_a_managed_policy_and_no_policy_is_attached_from_outside(stage: Synthesized) -> None:
    assert not any("ManagedPolicyArns" in role for role in stage.properties_of_type("AWS::IAM::Role").values())
    kinds = {resource["Type"] for resource in stage.resources.values()}
    assert not kinds & {"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"}


def test_no_action_is_given_as_a_pattern(stage: Synthesized) -> None:
    roles = stage.properties_of_type("AWS::IAM::Role").values()

    assert not [action for role in roles for actions in _allowed(role).values() for action in actions if "*" in action]


def test_only_this_api_and_the_watch_rules_may_invoke_functions_from_outside(stage: Synthesized) -> None:
    permissions = stage.properties_of_type("AWS::Lambda::Permission").values()

    invoked = sorted((called_function(found["FunctionName"]), found["Principal"]) for found in permissions)
    asked_for = [("AnchorsAnchorFunction", "events.amazonaws.com")] if stage.settings.history_anchors else []
    assert invoked == [
        *asked_for,
        ("ApiHandlerFunction", "apigateway.amazonaws.com"),
        ("DeskHandlerFunction", "apigateway.amazonaws.com"),
        ("DocsHandlerFunction", "apigateway.amazonaws.com"),
        ("DocumentMailsSenderFunction", "events.amazonaws.com"),
        ("DocumentsHandlerFunction", "apigateway.amazonaws.com"),
        ("FormsHandlerFunction", "apigateway.amazonaws.com"),
        ("GatewayWebhooksDoorFunction", "apigateway.amazonaws.com"),
        ("IntakeWebhookFunction", "apigateway.amazonaws.com"),
        ("NoticesReminderFunction", "events.amazonaws.com"),
        ("SandboxProviderHandlerFunction", "apigateway.amazonaws.com"),
        ("StaffNoticesDigestsFunction", "events.amazonaws.com"),
        ("WatchCheckFunction", "events.amazonaws.com"),
        ("WatchExecutionsFunction", "events.amazonaws.com"),
        ("WatchExecutionsFunction", "events.amazonaws.com"),
        ("WatchHoldsFunction", "events.amazonaws.com"),
        ("WatchSweeperFunction", "events.amazonaws.com"),
    ]
    assert all("SourceArn" in found for found in permissions)


def test_nothing_is_a_custom_resource(stage: Synthesized) -> None:
    assert not [
        r["Type"] for r in stage.resources.values() if r["Type"].startswith(("Custom::", "AWS::CloudFormation::"))
    ]


def _allowed(role: dict[str, Any]) -> dict[str, set[str]]:
    """Actions by the resource they are allowed on."""
    allowed: defaultdict[str, set[str]] = defaultdict(set)
    (policy,) = role["Policies"]
    for statement in policy["PolicyDocument"]["Statement"]:
        assert statement["Effect"] == "Allow"
        for resource in _several(statement["Resource"]):
            allowed[name_of(resource)] |= set(_several(statement["Action"]))
    return dict(allowed)


def _machines_of_queues(stage: Synthesized) -> list[str]:
    return [name for name in stage.of_type("AWS::StepFunctions::StateMachine") if name.startswith("Queues")]


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
