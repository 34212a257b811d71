"""A new version of stored orders takes two releases, and each can be rolled back to the one before."""

from typing import Any

import pytest

from lambdas.orders.model.order import Order
from lambdas.orders.store import order_item
from lambdas.orders.table.entries import UnreadableOrder
from lambdas.orders.table.indexes import read_order
from lambdas.orders.table.stored import restored, stored
from lambdas.orders.table.versions import OF_ORDERS, VERSION, NewerVersionError, Step, Versions, version_of
from tests.support.build import a_submitted_order

Fields = dict[str, Any]


def renamed(old: str, new: str) -> Step:
    """An attribute gets another name. The order knows the latest one only as the form of its item."""

    def moved(fields: Fields, source: str, target: str) -> Fields:
        return {target if name == source else name: value for name, value in fields.items()}

    return Step(f"{old} is {new}", lambda fields: moved(fields, old, new), lambda fields: moved(fields, new, old))


# As releases follow each other. The form of version 1 names the owner `keeper`, that of version 2 `holder`; this code `owner`.
TO_2, TO_3 = renamed("keeper", "holder"), renamed("holder", "owner")
BEFORE, READS_3, WRITES_3 = Versions((TO_2, TO_3), 1), Versions((TO_2, TO_3), 2), Versions((TO_2, TO_3), 3)
ORDER = a_submitted_order(owner="ann")


@pytest.mark.parametrize(
    ("versions", "name", "version"), [(BEFORE, "keeper", None), (READS_3, "holder", 2), (WRITES_3, "owner", 3)]
)
def test_an_order_is_written_in_the_version_of_its_release(versions: Versions, name: str, version: int | None) -> None:
    fields = stored(ORDER, versions)

    assert (fields[name], fields.get(VERSION)) == ("ann", version)
    assert read_order(order_item(ORDER, versions), versions) == ORDER


@pytest.mark.parametrize("writer", [BEFORE, READS_3, WRITES_3])
@pytest.mark.parametrize("reader", [BEFORE, READS_3, WRITES_3])
def test_each_release_reads_what_those_around_it_wrote(writer: Versions, reader: Versions) -> None:
    """Forward after a deploy, and back after its rollback: nothing is lost on the way."""
    read = read_order(order_item(ORDER, writer), reader)

    assert read == ORDER
    assert isinstance(read, Order)
    assert stored(read, reader) == stored(ORDER, reader)


def test_a_release_that_does_not_know_a_version_refuses_the_order_and_names_it() -> None:
    """It would drop what it does not know with its next write."""
    knows_2 = Versions((TO_2,), 2)
    found = read_order(order_item(ORDER, WRITES_3), knows_2)

    assert isinstance(found, UnreadableOrder)
    assert found.why == "a later release wrote it, as version 3, and this one reads version 2"
    with pytest.raises(NewerVersionError):
        restored("1001", stored(ORDER, WRITES_3), knows_2)


def test_version_1_is_not_stored_and_costs_nothing() -> None:
    assert VERSION not in stored(ORDER)
    assert (OF_ORDERS.written, OF_ORDERS.latest) == (1, 1)


def test_a_release_writes_no_version_that_it_cannot_read() -> None:
    assert 1 <= OF_ORDERS.written <= OF_ORDERS.latest


@pytest.mark.parametrize("odd", ["2", 0, -1, None])
def test_what_is_no_version_is_read_as_the_first(odd: Any) -> None:
    assert version_of({VERSION: odd}) == 1
