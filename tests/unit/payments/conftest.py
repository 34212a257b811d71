"""The records' tables, and the sandbox gateway in one of them."""

import pytest

from lambdas.payments.sandbox import SandboxGateway
from lambdas.records.table import RecordTable
from tests.support.build import NOW
from tests.unit.records.conftest import dynamodb, records

__all__ = ["dynamodb", "records"]


@pytest.fixture
def gateway(records: RecordTable) -> SandboxGateway:
    return SandboxGateway(records.name, records.client, now=lambda: float(NOW))
