"""How to reach the stage `local` on the embedded engine: addresses, tables, users and keys. deployment.py deploys it."""

import json
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import boto3

from infra.local.engine_process import REGION, LocalEngine
from infra.operate.mail_identity import register_identity
from infra.stages.settings import settings_of
from lambdas.records.table import RecordTable
from lambdas.records.users.api_user import ApiUserRecords

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

STACK = "OrderQueues-local"
USER = "local"
# Further users of the API: a second pair of hands (some checks are not for who did the work), and the stand-in panel.
PEOPLE = ("qa", "panel")


@dataclass(frozen=True)
class LocalStack:
    """Addresses and logins of the deployment for other programs; the content of `.local/stack.json`.

    `people`: user and token of further people, by purpose. `webhook_secret`: the key of webhook signatures.
    `contract_keys`: the keys of contract providers; the other `contract_*` are the addresses for contracts.
    """

    endpoint_url: str
    region: str
    api_url: str
    user: str
    token: str
    order_table: str
    record_table: str
    event_bus: str
    machines: dict[str, str]
    people: dict[str, list[str]] = field(default_factory=dict)
    webhook_secret: str = ""
    contract_bus: str = ""
    contract_queue: str = ""
    contract_dead_letters: str = ""
    contract_keys: dict[str, str] = field(default_factory=dict)

    def save(self, file: Path) -> None:
        file.write_text(json.dumps(asdict(self), indent=2) + "\n")
        file.chmod(0o600)

    @classmethod
    def load(cls, file: Path) -> "LocalStack | None":
        try:
            return cls(**json.loads(file.read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None


def connect(engine: LocalEngine, known: LocalStack | None) -> LocalStack:
    """The deployed stack, with an API user; the one that is known already is kept while it is still right."""
    for domain in settings_of("local").mail_domains:
        register_identity(domain, engine.client_options())
    outputs = _outputs(engine)
    users = _users(engine, outputs["RecordTable"])
    known = known if known and known.record_table == outputs["RecordTable"] else None
    user, token = _login(users, USER, [known.user, known.token] if known else None)
    people = known.people if known else {}
    return LocalStack(
        endpoint_url=engine.endpoint_url,
        region=REGION,
        api_url=engine.front_url,
        user=user,
        token=token,
        order_table=outputs["OrderTable"],
        record_table=outputs["RecordTable"],
        event_bus=outputs["EventBus"],
        machines=json.loads(outputs["Machines"]),
        people={name: _login(users, name, people.get(name)) for name in PEOPLE},
        webhook_secret=_webhook_secret(engine),
        contract_bus=outputs["ContractBus"],
        contract_queue=outputs["ContractQueue"],
        contract_dead_letters=outputs["ContractDeadLetters"],
        contract_keys={name: _secret(engine, arn) for name, arn in json.loads(outputs["ContractSecrets"]).items()},
    )


def _login(users: ApiUserRecords, name: str, known: list[str] | None) -> list[str]:
    """A user and the token: those that are known while they are right, else new ones."""
    now = int(time.time())
    if known and users.verified(known[0], known[1], now):
        return known
    try:
        return [name, users.add(name, now=now)]
    except ValueError:  # the name is taken, and its token lost
        name = f"{name}-{now}"
        return [name, users.add(name, now=now)]


def _webhook_secret(engine: LocalEngine) -> str:
    cloudformation = boto3.client("cloudformation", **engine.client_options())
    resources = cloudformation.describe_stack_resources(StackName=STACK)["StackResources"]
    secret = next(found for found in resources if found["LogicalResourceId"].startswith("ActionsWebhookSecret"))
    return _secret(engine, secret["PhysicalResourceId"])


def _secret(engine: LocalEngine, secret_id: str) -> str:
    secrets = boto3.client("secretsmanager", **engine.client_options())
    return str(secrets.get_secret_value(SecretId=secret_id)["SecretString"])


def dynamodb_of(engine: LocalEngine) -> "DynamoDBClient":
    return boto3.client("dynamodb", **engine.client_options())


def _users(engine: LocalEngine, record_table: str) -> ApiUserRecords:
    return ApiUserRecords(RecordTable(record_table, dynamodb_of(engine)))


def _outputs(engine: LocalEngine) -> dict[str, str]:
    cloudformation = boto3.client("cloudformation", **engine.client_options())
    stack = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
