"""A rule over several parameters names the one to correct, and never one that the method does not have."""

import ast
from pathlib import Path
from typing import Any

import pytest

import lambdas.api
from tests.unit.api.conftest import Caller

BROKEN: list[tuple[str, dict[str, Any], str]] = [
    ("order.get", {}, "order_id"),
    ("client.get", {}, "client_id"),
    ("client.service_list", {}, "client_id"),
    ("order.pause", {"reason": "x", "minutes": 5}, "module"),
    ("order.pause", {"module": "update_fields", "gateway": "sandbox", "reason": "x", "minutes": 5}, "gateway"),
    ("order.pause", {"module": "update_fields", "reason": "x"}, "until"),
    ("order.pause", {"module": "update_fields", "reason": "x", "minutes": 5, "until": 9_999_999_999}, "minutes"),
    ("order.pause", {"module": "update_fields", "reason": "x", "minutes": 5, "revision": 1}, "pause_id"),
    ("order.resume", {}, "module"),
    ("order.bulk_preview", {}, "verb"),
    ("order.bulk_preview", {"verb": "cancel"}, "order_ids"),
    ("order.bulk_preview", {"verb": "cancel", "order_ids": ["1"], "order_queue_id": 1}, "order_ids"),
    ("order.bulk_preview", {"verb": "skip", "order_ids": ["1"]}, "order_action_id"),
    ("order.bulk_preview", {"verb": "cancel", "order_ids": ["1"], "module": "x"}, "module"),
    ("order.bulk_preview", {"verb": "cancel", "order_ids": ["1"], "step_id": 1}, "step_id"),
    ("order.bulk_preview", {"verb": "assign", "order_ids": ["1"]}, "user"),
    ("order.bulk_preview", {"verb": "cancel", "order_ids": ["1"], "input": {"a": "b"}}, "input"),
    ("order.bulk_run", {}, "preview"),
]


@pytest.mark.parametrize(("method", "parameters", "field"), BROKEN)
def test_the_parameter_to_correct_is_named(caller: Caller, method: str, parameters: dict[str, Any], field: str) -> None:
    answer = caller.call(method, parameters)

    assert (answer.status, [each["field"] for each in answer.body["errors"]]) == (400, [field]), answer.body


def test_every_rule_of_a_request_says_which_parameter_it_is_about() -> None:
    """A bare ValueError of a whole request has no place in it."""
    folder = Path(str(lambdas.api.__file__)).parent
    nameless = [
        f"{file.relative_to(folder)}:{node.lineno}"
        for file in folder.rglob("*.py")
        for rule in ast.walk(ast.parse(file.read_text()))
        if isinstance(rule, ast.FunctionDef) and rule.args.args and rule.args.args[0].arg == "self"
        for node in ast.walk(rule)
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and ast.unparse(node.exc.func) == "ValueError"
    ]

    assert nameless == []
