"""One embedded engine for all tests that need one, with the product deployed on it as `make run` does."""

import gc
import os
from pathlib import Path
from typing import Any

os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "Tests")  # read when lambdas.runtime.telemetry is imported
os.environ.setdefault("POWERTOOLS_METRICS_DISABLED", "true")

import boto3
import pytest
from mypy_boto3_dynamodb.client import DynamoDBClient
from xdist.scheduler import LoadScopeScheduling

from infra.local.deployment import deploy
from infra.local.engine_process import LocalEngine
from infra.local.panel.process import LocalPanel
from infra.local.stack import LocalStack, connect
from tests.support.permissions import pytest_sessionfinish, tell_permissions
from tests.support.shared import Ending, folder_of_run, one_at_a_time, outlives
from tests.support.thorough import load_profiles

load_profiles()  # before a test is read

__all__ = ["pytest_sessionfinish"]
HERE = Path(__file__).parent
# Tests that look at the whole of the shared deployment run one after the other, in one worker; so does a folder whose tests
# share what is slow to make. The longest comes first. All others (the unit tests) go wherever there is room.
ORDER = ("stack", "machine", "", "contract", "engine", "infra", "faults")
ON_THE_STACK = {"attack", "browser", "flow"}
ending = pytest.StashKey[Ending]()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput"):
        session.config.stash[ending] = Ending(folder_of_run(session.config))


def pytest_unconfigure(config: pytest.Config) -> None:
    if ending in config.stash:
        config.stash[ending].now()


def _group_of(path: Path) -> str:
    """Of a test file, below the folder of the tests."""
    folder = path.parts[0]
    return "stack" if folder in ON_THE_STACK else folder if folder in ORDER else ""


class GroupScheduling(LoadScopeScheduling):  # type: ignore[misc]
    """Tests of one group go to one worker. xdist's own groups do not: pytest 9.2 keeps no name that was given afterwards."""

    def _split_scope(self, nodeid: str) -> str:
        return _group_of(Path(nodeid.partition("::")[0]).relative_to(HERE.name)) or nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    return GroupScheduling(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In an order in which the worker with the longest group gets no second one (it is given two to begin)."""
    groups: dict[str, list[pytest.Item]] = {group: [] for group in ORDER}
    for item in items:
        groups[_group_of(item.path.relative_to(HERE))].append(item)
    free = groups.pop("")
    stack, machine, *more = groups.values()
    items[:] = [*stack, *machine, *free[:1], *(item for group in more for item in group), *free[1:]]


def pytest_collection_finish() -> None:
    """What is there by now stays until the end: it is not looked through again for what could be thrown away."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """What roles were judged by, and how much a DynamoDB by others was asked (tests/contract/dynalite.py)."""
    tell_permissions(terminalreporter, config)
    asked = {
        outcome: sum("dynalite" in report.nodeid for report in terminalreporter.getreports(outcome))
        for outcome in ("passed", "failed", "skipped")
    }
    if any(asked.values()):
        counts = ", ".join(f"{count} {outcome}" for outcome, count in asked.items())
        terminalreporter.write_line(f"contract tests on dynalite: {counts}")


@pytest.fixture(scope="session")
def shared(pytestconfig: pytest.Config) -> Path:
    """A folder that all workers of this run have."""
    folder = folder_of_run(pytestconfig) / "shared"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def panel(shared: Path) -> LocalPanel:
    """The stand-in for everybody outside whom queues call. It reads how to answer from what `stack` writes."""
    with one_at_a_time(shared / "panel.lock"):
        known = LocalPanel.attach(shared)
        if known is None:
            known = LocalPanel.start(shared, shared / "stack.json", answer_after_seconds=0.5)
            outlives(known)
        return known


@pytest.fixture(scope="session")
def deployed_engine(shared: Path, panel: LocalPanel) -> LocalEngine:
    """An engine of the test run's own, on free ports, with the stack deployed by the CDK CLI: by the first who needs it."""
    tried = shared / "deploying"
    with one_at_a_time(shared / "engine.lock"):
        known = LocalEngine.attach(shared)
        if known and (shared / "deployed").exists():
            return known
        if tried.exists():
            pytest.fail("the deployment failed before; the first test that asked for it says why")
        tried.touch()
        engine = known or LocalEngine.start(shared, settings={"ORDERQ_RECOVERY_LAG_SECONDS": "0"})
        outlives(engine)
        for _ in deploy(engine, panel.url):
            pass
        return engine


@pytest.fixture(scope="session")
def stack(deployed_engine: LocalEngine, shared: Path) -> LocalStack:
    file = shared / "stack.json"
    with one_at_a_time(shared / "stack.lock"):
        known = LocalStack.load(file)
        if known is None:
            known = connect(deployed_engine, None)
            known.save(file)
        return known


@pytest.fixture(scope="session")
def engine_dynamodb(deployed_engine: LocalEngine) -> DynamoDBClient:
    return boto3.client("dynamodb", **deployed_engine.client_options())
