"""Runbooks over tables in memory, and executions as Systems Manager would tell them."""

import uuid
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError
from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.catalog.plan import load_plans
from lambdas.catalog.pricing import CatalogPricing
from lambdas.catalog.tax import load_taxes
from lambdas.orders.model.modules import load_modules
from lambdas.orders.model.queue import load_queues
from lambdas.orders.store import DynamoOrderStore
from lambdas.payments.preauthorization import PreAuthorization
from lambdas.payments.sandbox import SandboxGateway
from lambdas.records.clients.client import ClientRecords
from lambdas.records.coupons.coupon import CouponRecords
from lambdas.records.coupons.use import CouponUseRecords
from lambdas.records.table import RecordTable
from lambdas.runbooks.handler import run
from lambdas.runbooks.parts import RunbookParts, RunbookSettings
from lambdas.runbooks.runbook import Verb
from lambdas.runbooks.starter import Automations
from tests.support.build import Clock, a_service
from tests.support.tables import make_order_table, make_table

ALICE = "arn:aws:sts::123456789012:assumed-role/Operators/alice"
STACK = "OrderQueues-test"


@dataclass
class SystemsManager:
    """Knows executions by their ids."""

    executions: dict[str, dict[str, Any]] = field(default_factory=dict)

    def get_automation_execution(self, *, AutomationExecutionId: str) -> dict[str, Any]:
        if AutomationExecutionId not in self.executions:
            code = "AutomationExecutionNotFoundException"
            raise ClientError({"Error": {"Code": code}}, "GetAutomationExecution")
        return {"AutomationExecution": self.executions[AutomationExecutionId]}


@dataclass
class Runbooks:
    """Starts runbooks, and calls the function as their first step does."""

    parts: RunbookParts
    ssm: SystemsManager

    def started(self, verb: Verb, parameters: dict[str, list[str]], **record: Any) -> str:
        execution_id = str(uuid.uuid4())
        self.ssm.executions[execution_id] = {
            "AutomationExecutionId": execution_id,
            "DocumentName": f"{STACK}-{verb}",
            "AutomationExecutionStatus": "InProgress",
            "ExecutedBy": ALICE,
            "Parameters": parameters,
            **record,
        }
        return execution_id

    def call(self, execution_id: Any) -> dict[str, str]:
        automations = Automations(self.ssm, STACK, "123456789012")
        return run({"execution_id": execution_id}, self.parts, automations)

    def outcome(self, verb: Verb, **parameters: str) -> dict[str, str]:
        return self.call(self.started(verb, {name: [value] for name, value in parameters.items()}))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def runbooks(dynamodb: DynamoDBClient, records: RecordTable, clock: Clock) -> Runbooks:
    clients = ClientRecords(records)
    gateway = SandboxGateway(records.name, dynamodb, clock)
    service = a_service(
        store=DynamoOrderStore(make_order_table(dynamodb, "orders"), dynamodb),
        queues=load_queues(),
        pricing=CatalogPricing(load_plans(), CouponRecords(records), CouponUseRecords(records), load_taxes(), clients),
        payments=PreAuthorization(gateway, clients, clock),
        clients=clients,
        modules=load_modules(),
        now=clock,
    )
    settings = RunbookSettings(
        order_table="orders", record_table=records.name, guard_table="guards", gateway="sandbox", currency="USD",
        stack_name=STACK, bulk_machine="arn:aws:states:us-east-1:123456789012:stateMachine:bulk",
        dead_letters="https://sqs.us-east-1.amazonaws.com/123456789012/dead", readers="relay,announcer",
    )  # fmt: skip
    guards = RecordTable(make_table(dynamodb, "guards"), dynamodb)
    return Runbooks(RunbookParts(settings, service, records, guards), SystemsManager())
