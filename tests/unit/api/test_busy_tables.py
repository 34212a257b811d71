"""A database that asks for a pause, or is silent, is 503 with `Retry-After`, and no answer that is kept under a key."""

from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from tests.unit.api.conftest import Caller


def refused(code: str, *reasons: str) -> ClientError:
    answer: Any = {"Error": {"Code": code}, "CancellationReasons": [{"Code": reason} for reason in reasons]}
    return ClientError(answer, "TransactWriteItems")


BUSY = [
    refused("ThrottlingException"),
    refused("ProvisionedThroughputExceededException"),
    refused("TransactionCanceledException", "None", "ThrottlingError"),
    refused("InternalServerError"),
    EndpointConnectionError(endpoint_url="x"),
    ReadTimeoutError(endpoint_url="x"),
]


@pytest.mark.parametrize("error", BUSY, ids=str)
def test_a_busy_database_is_no_fault_of_ours(caller: Caller, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def busy(*_: Any) -> None:
        raise error

    key = {"idempotency-key": "k-1"}
    order = {"order_queue_id": 1, "info": {"email": "ada@example.com"}}
    with monkeypatch.context() as patched:
        patched.setattr(caller.api.backend.service.store, "create", busy)
        new = caller.call("order.create", order, **key)
        old = caller.send("/api/2.0/", query="method=order.create&order_queue_id=1&info[email]=ada@example.com")

    assert (new.status, new.body["type"].rpartition(":")[2], new.headers["Retry-After"]) == (503, "store_busy", "3")
    assert (old.status, old.body["status"], old.headers["Retry-After"]) == (503, False, "3")
    assert caller.call("order.create", order, **key).status == 201


def test_what_waiting_does_not_mend_is_a_fault_of_ours(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise refused("ValidationException")

    monkeypatch.setattr(caller.api.backend.service.store, "create", broken)
    assert caller.call("order.create", {"order_queue_id": 1}).status == 500
