"""One embedded engine for all tests that need one, with the product deployed on it as `make run` does."""

import os
from collections.abc import Iterator

os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "Tests")  # read when lambdas.runtime.observe is imported
os.environ.setdefault("POWERTOOLS_METRICS_DISABLED", "true")

import boto3
import pytest
from mypy_boto3_dynamodb.client import DynamoDBClient

from infra.local_engine import LocalEngine
from infra.local_panel_process import LocalPanel
from infra.local_stack import LocalStack, connect, deploy
from tests.thorough import load_profiles

load_profiles()  # before a test is read


@pytest.fixture(scope="session")
def panel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalPanel]:
    """The stand-in for everybody outside whom queues call. It reads how to answer from what `stack` writes."""
    root = tmp_path_factory.mktemp("panel")
    with LocalPanel.start(root, root / "stack.json", answer_after_seconds=0.5) as panel:
        yield panel


@pytest.fixture(scope="session")
def deployed_engine(tmp_path_factory: pytest.TempPathFactory, panel: LocalPanel) -> Iterator[LocalEngine]:
    """An engine of the test run's own, on free ports, with the stack deployed by the CDK CLI."""
    with LocalEngine.start(tmp_path_factory.mktemp("engine")) as engine:
        for _ in deploy(engine, panel.url):
            pass
        yield engine


@pytest.fixture(scope="session")
def stack(deployed_engine: LocalEngine, panel: LocalPanel) -> LocalStack:
    stack = connect(deployed_engine, None)
    stack.save(panel.root / "stack.json")
    return stack


@pytest.fixture(scope="session")
def engine_dynamodb(deployed_engine: LocalEngine) -> DynamoDBClient:
    return boto3.client("dynamodb", **deployed_engine.client_options())
