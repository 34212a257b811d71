"""The shop of the flow tests, for people who want more of it than they may have.

`Shop`, `until` and `new_client_order` are in tests/flow/conftest.py. Every test of this folder needs the engine; what can be
shown without it is a unit test.
"""

from pathlib import Path

import pytest

from tests.flow.conftest import second, shop

__all__ = ["second", "shop"]

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.engine)
