"""Deploys the stage `local` to the embedded engine with the ordinary CDK CLI, and says how to reach it."""

import hashlib
import json
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import boto3

from infra.cdk import cdk_command, cdk_environment
from infra.local.engine_process import ACCOUNT_ID, REGION, REPOSITORY, LocalEngine
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
_DEPLOYED_FROM = ("lambdas", "statemachines", "infra", "docs/openapi.json", "cdk.json", "uv.lock", "package-lock.json")
_LOG_TAIL_LINES = 30


class DeployError(RuntimeError):
    """The CDK CLI failed. The message has the end of its output."""


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


def deploy(engine: LocalEngine, panel_url: str = "") -> Iterator[str]:
    """Synthesize, bootstrap, deploy; yields what it is about to do. `panel_url`: who plays the parties outside.

    An assembly of the same sources and addresses is used again.
    """
    assembly, made_from = engine.root / "cdk.out", engine.root / "assembly"
    wanted = f"{_deployed_from(panel_url)} {engine.front_url}"
    with ThreadPoolExecutor(1) as beside:
        bootstrapped = beside.submit(_cdk, engine, "bootstrap", f"aws://{ACCOUNT_ID}/{REGION}")
        if not (assembly.exists() and made_from.exists() and made_from.read_text() == wanted):
            yield "synthesizing the CDK app, stage local, and preparing the engine for it (cdk bootstrap)"
            made_from.unlink(missing_ok=True)
            _cdk(engine, "synth", "--quiet", "--output", str(assembly), "-c", "stage=local", panel_url=panel_url)
            made_from.write_text(wanted)
        else:
            yield "assembly used again, nothing changed since; preparing the engine (cdk bootstrap)"
        bootstrapped.result()
    yield "deploying the stack (cdk deploy)"
    _cdk(engine, "deploy", STACK, "--app", str(assembly), "--require-approval", "never")
    (engine.root / "deployed").write_text(_deployed_from(panel_url))


def destroy(engine: LocalEngine) -> None:
    """Take the stack down, as `make destroy` does."""
    (engine.root / "deployed").unlink(missing_ok=True)
    _cdk(engine, "destroy", STACK, "--app", str(engine.root / "cdk.out"), "--force")


def is_deployed(engine: LocalEngine, panel_url: str = "") -> bool:
    """Whether this engine runs what the working tree says, with this panel."""
    marker = engine.root / "deployed"
    if not marker.exists() or marker.read_text() != _deployed_from(panel_url):
        return False
    return marker.stat().st_mtime > _started_at(engine)


def _deployed_from(panel_url: str) -> str:
    return f"{source_hash()} {panel_url}"


def source_hash() -> str:
    """Of everything a deployment is made from."""
    digest = hashlib.sha256()
    for name in _DEPLOYED_FROM:
        source = REPOSITORY / name
        files = sorted(source.rglob("*")) if source.is_dir() else [source]
        for file in files:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(str(file.relative_to(REPOSITORY)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def connect(engine: LocalEngine, known: LocalStack | None) -> LocalStack:
    """The deployed stack, with an API user; the one that is known already is kept while it is still right."""
    register_identity(settings_of("local").mail_domain, engine.client_options())
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


def _started_at(engine: LocalEngine) -> float:
    return (engine.root / "engine.json").stat().st_mtime


def _cdk(engine: LocalEngine, *words: str, panel_url: str = "") -> None:
    done = subprocess.run(
        cdk_command(words),
        cwd=REPOSITORY,
        env=cdk_environment(
            engine.environment() | {"LOCAL_PANEL_URL": panel_url, "LOCAL_PUBLIC_URL": engine.front_url}
        ),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-_LOG_TAIL_LINES:])
        raise DeployError(f"cdk {words[0]} failed:\n{tail}\nThe engine's log: {engine.log_file}")
