"""The shop of the flow tests, for people who want more of it than they may have.

`Shop`, `until` and `new_client_order` are in tests/flow/conftest.py. Every test of this folder needs the engine; what can be
shown without it is a unit test.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import httpx
import pytest

from lambdas.records.users.api_user import ApiUserRecords
from lambdas.records.users.rights import Grant
from tests.flow.conftest import Shop, second, shop

__all__ = ["second", "shop"]

HERE = Path(__file__).parent


class CallAs(Protocol):
    def __call__(self, grant: Grant, method: str, parameters: dict[str, Any]) -> httpx.Response: ...


@pytest.fixture
def call_as(shop: Shop) -> Iterator[CallAs]:
    """A call by a new user who may do this and nothing else."""
    with ExitStack() as ended:

        def call(grant: Grant, method: str, parameters: dict[str, Any]) -> httpx.Response:
            name = f"stranger-{uuid4().hex[:10]}"
            token = ApiUserRecords(shop.records).add(name, (grant,), now=0)
            http = ended.enter_context(httpx.Client(base_url=shop.stack.api_url, auth=(name, token), timeout=60))
            return http.post(f"/{method}", json=parameters)

        yield call


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.engine)
