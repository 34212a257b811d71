"""What a function makes while it starts."""

import pytest

from lambdas.runtime.cold_start import prepare
from lambdas.runtime.models import Frozen


def test_a_function_builds_while_it_starts_and_its_models_are_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "orders")
    built = []

    class Deferred(Frozen):
        name: str

    assert not Deferred.__pydantic_complete__

    prepare(lambda: built.append("clients"))

    assert built == ["clients"]
    assert Deferred.__pydantic_complete__


def test_who_only_imports_a_handler_builds_nothing() -> None:
    prepare(lambda: pytest.fail("built"))


def test_a_start_that_fails_leaves_the_refusal_to_the_first_call(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "orders")

    def build() -> None:
        raise RuntimeError("no settings")

    prepare(build)

    assert [(entry.msg, vars(entry)["error_class"]) for entry in caplog.records] == [("not prepared", "RuntimeError")]
