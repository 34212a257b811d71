"""What a refusal says of the same call made again: kept as an outcome or not, tried again by itself or not."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import lambdas
from lambdas.access.errors import AccessError
from lambdas.api.errors import ApiError
from lambdas.api.http.responses import STATUS, envelope_error, problem
from lambdas.orders.errors import Again, Nature, OrderError
from lambdas.orders.submit_errors import PaymentRefusedError, PaymentUnavailableError
from lambdas.payments.errors import ChargeRefusedError

# Decided for good. Whatever else is refused was not done, and may be asked again under the same key.
OUTCOMES = {
    "CardDataError",
    "ContractDiffersError",
    "KeyReusedError",
    "KeyTakenError",
    "NotAfterSubmitError",
    "OrderIsFinalError",
    "PostKeyTakenError",
    "QuoteFixedError",
    "RevisionDiffersError",
}
_NOT_NOW = re.compile(r"at this moment|in a (few )?(moment|minute|second)s?|(send|ask|try) .{0,30}again in|is busy")


def every_refusal() -> list[type[OrderError]]:
    for module in pkgutil.walk_packages(lambdas.__path__, "lambdas."):
        importlib.import_module(module.name)
    ours = {error for error in _below(OrderError) if error.__module__.startswith("lambdas.")} - {ApiError, AccessError}
    return sorted(ours, key=lambda error: error.__qualname__)


def _below(error: type[OrderError]) -> Iterator[type[OrderError]]:
    for each in error.__subclasses__():
        yield each
        yield from _below(each)


REFUSALS = every_refusal()


def _texts(error: type[OrderError]) -> str:
    file = Path(str(importlib.import_module(error.__module__).__file__))
    found = next(
        node
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.ClassDef) and node.name == error.__name__
    )
    said = found.body[1:] if ast.get_docstring(found) else found.body
    return " ".join(
        node.value
        for part in said
        for node in ast.walk(part)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def test_every_refusal_is_looked_at() -> None:
    assert len(REFUSALS) > 50


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.__name__)
def test_only_outcomes_are_kept(refusal: type[OrderError]) -> None:
    assert (refusal.again is Again.SAME) == (refusal.__name__ in OUTCOMES)


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.__name__)
def test_what_tells_a_caller_to_wait_is_never_kept(refusal: type[OrderError]) -> None:
    if _NOT_NOW.search(_texts(refusal)):
        assert refusal.again is not Again.SAME


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.__name__)
def test_every_refusal_declares_its_kind_and_nature_together(refusal: type[OrderError]) -> None:
    """No base has a default, so that a new refusal cannot become a 409 unnoticed."""
    assert {"kind", "nature"}.isdisjoint(vars(OrderError).keys() | vars(ApiError).keys())
    declared = vars(refusal).keys() & {"kind", "nature"}

    assert declared == {"kind", "nature"} or (not declared and hasattr(refusal, "kind"))
    assert re.fullmatch("[a-z]+(_[a-z]+)*", refusal.kind)


def test_a_kind_has_one_nature_so_that_programs_can_rely_on_its_status() -> None:
    natures: dict[str, set[Nature]] = {}
    for refusal in REFUSALS:
        natures.setdefault(refusal.kind, set()).add(refusal.nature)

    assert {kind: found for kind, found in natures.items() if len(found) > 1} == {}


def test_every_nature_has_a_status_of_its_own() -> None:
    assert STATUS.keys() == set(Nature)
    assert len(set(STATUS.values())) == len(Nature)


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.__name__)
def test_when_to_ask_again_is_said_of_all_that_waiting_helps_and_of_nothing_else(refusal: type[OrderError]) -> None:
    if refusal.nature in {Nature.TOO_MANY, Nature.BROKEN}:  # each has its own time, or none is known
        return
    assert (refusal.retry_after_seconds is not None) == (refusal.again is Again.LATER)


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.__name__)
def test_both_doors_answer_as_the_class_declares(refusal: type[OrderError]) -> None:
    error = refusal.__new__(refusal)
    OrderError.__init__(error, "no")
    new, old = problem(error), envelope_error(error)
    keeps = isinstance(error, AccessError) or (isinstance(error, ApiError) and error.keeps_status)

    assert new["statusCode"] == STATUS[refusal.nature]
    assert old["statusCode"] == (STATUS[refusal.nature] if keeps else 200)
    assert new["headers"].get("Retry-After") == (str(seconds) if (seconds := error.retry_after_seconds) else None)


def test_what_a_bank_said_is_an_outcome_and_what_it_was_not_asked_is_none() -> None:
    assert PaymentRefusedError("1001", "declined", by_bank=True).again is Again.SAME
    assert PaymentRefusedError("1001", "too many were tried").again is Again.PERHAPS
    assert ChargeRefusedError("1000000001", "declined", by_bank=True).again is Again.SAME
    assert ChargeRefusedError("1000000001", "higher than what is held").again is Again.PERHAPS
    assert PaymentUnavailableError("1001", "cannot be reached").again is Again.LATER
