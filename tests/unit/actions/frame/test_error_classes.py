"""Errors are classed once: by class name the machine knows which to try again and which wait for a person."""

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError

from lambdas.actions._frame.module import ActionError, PermanentError, ThrottledError, TransientError, UnexpectedError
from lambdas.actions._frame.run import OrderTableError
from lambdas.orders.model.checklist import ActionState
from tests.support.logs import logged
from tests.unit.actions.conftest import CLIENT, World
from tests.unit.actions.frame.test_frame import probe

LAMBDAS = Path(__file__).parents[4] / "lambdas"


def service_error(code: str, status: int = 400) -> ClientError:
    answer: Any = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "PutItem")


def canceled(*reasons: str) -> ClientError:
    error = service_error("TransactionCanceledException")
    error.response["CancellationReasons"] = [{"Code": reason} for reason in reasons]
    return error


CLASSED: list[tuple[Exception, type[ActionError]]] = [
    (TransientError("x"), TransientError),
    (ThrottledError("x"), ThrottledError),
    (PermanentError("x"), PermanentError),
    (service_error("ThrottlingException"), ThrottledError),
    (service_error("ProvisionedThroughputExceededException"), ThrottledError),
    (service_error("RequestLimitExceeded"), ThrottledError),
    (service_error("InternalServerError", 500), TransientError),
    (service_error("ServiceUnavailable", 503), TransientError),
    (service_error("TransactionInProgressException"), TransientError),
    (canceled("None", "ThrottlingError"), ThrottledError),
    (canceled("ProvisionedThroughputExceeded", "TransactionConflict"), ThrottledError),
    (canceled("TransactionConflict", "None"), TransientError),
    (canceled("None", "ValidationError"), UnexpectedError),
    (canceled("ItemCollectionSizeLimitExceeded", "ThrottlingError"), UnexpectedError),
    (service_error("ValidationException"), UnexpectedError),
    (service_error("AccessDeniedException"), UnexpectedError),
    (EndpointConnectionError(endpoint_url="x"), TransientError),
    (ConnectTimeoutError(endpoint_url="x"), TransientError),
    (ReadTimeoutError(endpoint_url="x"), TransientError),
    (RuntimeError("x"), UnexpectedError),
    (KeyError("x"), UnexpectedError),
]
NAMES = [
    error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__ for error, _ in CLASSED
]


@pytest.mark.parametrize(("error", "classed"), CLASSED, ids=NAMES)
def test_every_error_is_classed_and_stands_on_the_checklist(
    world: World, error: Exception, classed: type[ActionError]
) -> None:
    world.order()

    with pytest.raises(ActionError) as raised:
        world.run(probe(error), CLIENT)
    assert type(raised.value) is classed
    assert world.action(CLIENT).state is ActionState.FAILED
    assert world.action(CLIENT).reason.startswith(str(raised.value))
    world.run(probe(), CLIENT)
    assert world.action(CLIENT).attempts == 2


@pytest.mark.parametrize("where", ["claim_fails", "save_fails"])
def test_a_pause_the_table_asks_for_is_one_whether_before_or_after_the_run(world: World, where: str) -> None:
    """The machine retries by class name; a bare ClientError would wait for a person instead."""
    world.order()
    setattr(world.store, where, service_error("ThrottlingException"))

    with pytest.raises(ThrottledError):
        world.run(probe(), CLIENT)


@pytest.mark.parametrize("where", ["claim_fails", "save_fails"])
def test_an_order_table_that_refuses_is_the_machines_to_tell(world: World, where: str) -> None:
    """Nothing could be written on the order. Its error is not among the answers of a run (statemachines/states/run_states.py)."""
    world.order()
    setattr(world.store, where, service_error("AccessDeniedException"))

    with pytest.raises(OrderTableError, match=r"^AccessDeniedException$"):
        world.run(probe(), CLIENT)


@pytest.mark.parametrize("what", ["run", "undo"])
def test_an_unexpected_error_says_nothing_of_people(world: World, caplog: pytest.LogCaptureFixture, what: str) -> None:
    world.order()
    error = ValueError("Ada Lovelace, ada@example.com")
    if what == "undo":
        world.run(probe(), CLIENT)
        world.cancel()

    with pytest.raises(UnexpectedError) as raised:
        world.run(probe(error), CLIENT) if what == "run" else world.undo(probe(undo_error=error), CLIENT)

    said = str(raised.value) + world.action(CLIENT).reason + logged(caplog)
    assert "ValueError" in said
    assert "Lovelace" not in said
    assert "ada@" not in said
    assert raised.value.__suppress_context__


@pytest.mark.parametrize("failure", [TransientError("the bank is silent"), ThrottledError("the bank is busy")])
def test_who_reads_of_what_may_pass_is_told_what_to_do_if_it_does_not(world: World, failure: Exception) -> None:
    """The last try leaves the same words as the first: they must be so when nothing tries any more."""

    world.order()
    with pytest.raises(type(failure)):
        world.run(probe(failure), CLIENT)

    assert world.action(CLIENT).reason == f"{failure}; it may pass; if this action still waits, process it again"


def test_no_reason_of_an_action_promises_a_further_try() -> None:
    """`failures.failed` says what is so of each; a module's own words would be left standing after the last one."""
    files = [file for folder in ("actions", "payments") for file in (LAMBDAS / folder).rglob("*.py")]
    promising = [
        file.name for file in files if "again automatically" in file.read_text("utf-8") and file.name != "failures.py"
    ]

    assert files
    assert not promising
