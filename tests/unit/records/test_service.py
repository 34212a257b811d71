"""A pack becomes one service, which can be canceled and does not come back by itself."""

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from lambdas.records.clients.service import ServiceRecords, ServiceStatus, service_id_of
from lambdas.records.table import RecordTable
from tests.support.trees import MODULES  # noqa: F401 - and with it the lean profile
from tests.unit.records.builders import a_service_record

NUMBERS = st.integers(1001, 10**9), st.integers(1, 999)


@pytest.fixture
def services(records: RecordTable) -> ServiceRecords:
    return ServiceRecords(records)


@given(st.tuples(*NUMBERS), st.tuples(*NUMBERS))
def test_no_two_packs_become_one_service(one: tuple[int, int], other: tuple[int, int]) -> None:
    same = service_id_of(str(one[0]), one[1]) == service_id_of(str(other[0]), other[1])

    assert same == (one == other)


def test_making_a_service_again_leaves_the_first_one(services: ServiceRecords) -> None:
    services.make(a_service_record())
    services.make(a_service_record(title="Another"))

    assert services.of_order("101", "1001") == (a_service_record(),)


def test_an_order_has_its_own_services_in_the_packs_order(services: ServiceRecords) -> None:
    for order_id, pack in (("1001", 10), ("1001", 2), ("10010", 1), ("1002", 1)):
        services.make(a_service_record(order_id=order_id, service_id=service_id_of(order_id, pack), pack=f"pack{pack}"))

    assert [service.pack for service in services.of_order("101", "1001")] == ["pack2", "pack10"]
    assert services.of_order("102", "1001") == ()


def test_a_canceled_service_is_no_longer_of_the_order_and_stays_canceled(services: ServiceRecords) -> None:
    service = a_service_record()
    services.make(service)
    services.cancel(service)
    services.cancel(service)
    services.make(service)

    assert services.of_order("101", "1001") == ()


def test_a_service_that_is_not_there_cannot_be_canceled(services: ServiceRecords, records: RecordTable) -> None:
    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        services.cancel(a_service_record())
    assert records.query("services#101", "service#") == []


def test_a_pending_service_is_of_the_order_too(services: ServiceRecords) -> None:
    services.make(a_service_record(status=ServiceStatus.PENDING))

    assert [service.status for service in services.of_order("101", "1001")] == [ServiceStatus.PENDING]
