"""One corrected engine for all tests here, and one without corrections that shows the faults are still there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.engine_process import LocalEngine
from tests.engine.cloud import Cloud

HERE = Path(__file__).parent
SETTINGS = {"ORDERQ_TTL_SWEEP_SECONDS": "1", "ORDERQ_RECOVERY_LAG_SECONDS": "0"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("engine")


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalEngine]:
    with LocalEngine.start(tmp_path_factory.mktemp("engine"), settings=SETTINGS) as started:
        yield started


@pytest.fixture(scope="session")
def cloud(engine: LocalEngine) -> Cloud:
    return Cloud(engine)


@pytest.fixture(scope="session")
def uncorrected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """The engine as it is released. A test that fails here says that a correction may no longer be needed."""
    root = tmp_path_factory.mktemp("uncorrected")
    with LocalEngine.start(root, settings={"ORDERQ_CORRECTED": "0"}) as started:
        yield Cloud(started)


@pytest.fixture(scope="session")
def table(cloud: Cloud) -> str:
    """A table with the orders 0 to 19."""
    name = cloud.table()
    for order_id in map(str, range(20)):
        cloud.put(name, order_id)
    return name
