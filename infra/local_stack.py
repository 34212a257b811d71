"""Deploys the stage `local` to the embedded engine with the ordinary CDK CLI, and says how to reach it."""

import hashlib
import json
import subprocess
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import boto3

from infra.cdk import cdk_command, cdk_environment
from infra.local_engine import ACCOUNT_ID, REGION, REPOSITORY, LocalEngine
from lambdas.records.api_user import ApiUserRecords
from lambdas.records.table import RecordTable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

STACK = "OrderQueues-local"
USER = "local"
_DEPLOYED_FROM = ("lambdas", "statemachines", "infra", "cdk.json", "uv.lock", "package-lock.json")
_LOG_TAIL_LINES = 30


class DeployError(RuntimeError):
    """The CDK CLI failed; the message has the end of what it said."""


@dataclass(frozen=True)
class LocalStack:
    """What another program needs to talk to the deployment; the content of `.local/stack.json`."""

    endpoint_url: str
    region: str
    api_url: str
    user: str
    token: str
    order_table: str
    record_table: str
    event_bus: str
    machines: dict[str, str]

    def save(self, file: Path) -> None:
        file.write_text(json.dumps(asdict(self), indent=2) + "\n")
        file.chmod(0o600)

    @classmethod
    def load(cls, file: Path) -> "LocalStack | None":
        try:
            return cls(**json.loads(file.read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None


def deploy(engine: LocalEngine) -> Iterator[str]:
    """Synthesize, bootstrap, deploy; yields what it is about to do."""
    assembly = str(engine.root / "cdk.out")
    yield "synthesizing the CDK app, stage local"
    _cdk(engine, "synth", "--quiet", "--output", assembly, "-c", "stage=local")
    yield "preparing the engine for the CDK (cdk bootstrap)"
    _cdk(engine, "bootstrap", f"aws://{ACCOUNT_ID}/{REGION}", "--app", assembly)
    yield "deploying the stack (cdk deploy)"
    _cdk(engine, "deploy", STACK, "--app", assembly, "--require-approval", "never")
    (engine.root / "deployed").write_text(source_hash())


def is_deployed(engine: LocalEngine) -> bool:
    """Whether this engine runs what the working tree says."""
    marker = engine.root / "deployed"
    return marker.exists() and marker.read_text() == source_hash() and marker.stat().st_mtime > _started_at(engine)


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
    outputs = _outputs(engine)
    api_user = (known.user, known.token) if known and known.record_table == outputs["RecordTable"] else None
    if api_user is None or not _users(engine, outputs["RecordTable"]).verified(*api_user):
        name = f"{USER}-{int(time.time())}" if api_user else USER
        api_user = (name, _users(engine, outputs["RecordTable"]).add(name))
    return LocalStack(
        endpoint_url=engine.endpoint_url,
        region=REGION,
        api_url=engine.front_url,
        user=api_user[0],
        token=api_user[1],
        order_table=outputs["OrderTable"],
        record_table=outputs["RecordTable"],
        event_bus=outputs["EventBus"],
        machines=json.loads(outputs["Machines"]),
    )


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


def _cdk(engine: LocalEngine, *words: str) -> None:
    done = subprocess.run(
        cdk_command(words),
        cwd=REPOSITORY,
        env=cdk_environment(engine.environment()),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-_LOG_TAIL_LINES:])
        raise DeployError(f"cdk {words[0]} failed:\n{tail}\nThe engine's log: {engine.log_file}")
