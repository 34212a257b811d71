"""`make impact` against a stage with orders under way: what it tells, and what it stops from being deployed."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from infra.operate.impact.__main__ import main, show_impact
from infra.operate.machine_diff import show_differences
from lambdas.orders.model.modules import load_modules
from lambdas.orders.model.queue import QUEUES_ROOT, Queue
from statemachines.compiler import compile_queue, to_json
from tests.flow.conftest import QUEUE, Shop, new_client_order, until

pytestmark = pytest.mark.engine

INVOICE = """  [[steps.actions]]
  id = 103
  name = "Generate Invoice"
  module = "generate_invoice"
  automatic = true
  prereqs = [102]
"""


@pytest.fixture
def waiting_order(shop: Shop) -> Iterator[str]:
    """An order whose capture was refused: it stands in Processing and still needs Generate Invoice."""
    order_id = str(shop.done("order.create", new_client_order(cc_token="tok_capture_fails"))["order_id"])
    shop.done("order.submit", {"order_id": order_id})
    shop.until_action(order_id, "Generate Invoice", "waiting")
    yield order_id
    shop.done("order.cancel", {"order_id": order_id})
    shop.until_unwound(order_id)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A working tree with the queues as they are, to be edited."""
    for file in QUEUES_ROOT.glob("*/queue.toml"):
        (tmp_path / file.parent.name).mkdir()
        (tmp_path / file.parent.name / file.name).write_text(file.read_text("utf-8"), "utf-8")
        compile_again(tmp_path / file.parent.name)
    return tmp_path


def compile_again(folder: Path) -> None:
    undoing = frozenset(name for name, module in load_modules().items() if module.undoes)
    (folder / "machine.asl.json").write_text(to_json(compile_queue(Queue.read(folder), undoing)), "utf-8")


def edit(tree: Path, old: str, new: str) -> None:
    file = tree / QUEUE / "queue.toml"
    content = file.read_text("utf-8")
    assert old in content
    file.write_text(content.replace(old, new), "utf-8")
    compile_again(file.parent)


def impact(shop: Shop, tree: Path, stage: str = "local") -> tuple[int, str]:
    said = io.StringIO()
    code = show_impact(stage, shop.engine.client_options(), Console(file=said), tree)
    return code, said.getvalue()


def test_queues_as_they_are_deployed_have_no_impact(shop: Shop, tree: Path, waiting_order: str) -> None:
    code, said = impact(shop, tree)

    lines = said.splitlines()
    assert code == 0
    assert len(lines) == len(list(tree.iterdir()))
    assert all(": unchanged, " in line for line in lines)


def test_the_machines_of_the_stage_are_those_of_the_working_tree_line_by_line(shop: Shop, tree: Path) -> None:
    said = io.StringIO()
    options, console = shop.engine.client_options(), Console(file=said)
    show_differences("local", options, console, tree)
    edit(tree, INVOICE, "")
    show_differences("local", options, console, tree)

    same, first, *lines = said.getvalue().splitlines()
    assert same == "The machines are the same."
    assert first == f"--- deployed/{QUEUE}"
    assert any(line.startswith("-") and "Generate Invoice" in line for line in lines)


def test_removing_an_action_that_an_order_needs_fails_with_its_number(
    shop: Shop, tree: Path, waiting_order: str
) -> None:
    edit(tree, INVOICE, "")

    code, said = impact(shop, tree)

    failure = next(line for line in said.splitlines() if "FAILS" in line)
    assert code == 1
    assert "action 103 Generate Invoice is removed" in failure
    assert waiting_order in failure
    assert "fix: put it back into statemachines/new_accounts/queue.toml" in said


def test_new_names_pass_and_tell_where_the_orders_stand(shop: Shop, tree: Path, waiting_order: str) -> None:
    edit(tree, 'name = "Processing"', 'name = "Fulfilment"')
    edit(tree, 'name = "Generate Invoice"', 'name = "Bill"')

    code, said = impact(shop, tree)

    assert code == 0
    assert "new_accounts: changed, " in said
    assert "renamed step 12: Fulfilment, was Processing" in said
    assert "changed action 103 Generate Invoice: renamed, is Bill" in said
    assert "in 12 Processing" in said
    assert "a restart of a stopped one maps " in said


def test_removing_a_queue_fails_until_its_orders_are_through(
    shop: Shop, tree: Path, waiting_order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.operate.impact.__main__.MAX_ORDERS_SHOWN", 10_000)  # other tests leave orders, too
    (tree / QUEUE).rename(tree / "renamed")
    compile_again(tree / "renamed")

    code, said = impact(shop, tree)

    assert code == 1
    assert waiting_order in next(line for line in said.splitlines() if "FAILS" in line)
    assert "renamed: new, no orders yet" in said


def test_a_canceled_order_whose_machine_was_stopped_is_unwound_by_a_new_one_and_in_nobodys_way(
    shop: Shop, tree: Path
) -> None:
    """One that cannot be unwound is told: tests/infra/operate/test_consequences.py."""
    order_id = str(shop.done("order.create", new_client_order(cc_token="tok_capture_fails"))["order_id"])
    shop.done("order.submit", {"order_id": order_id})
    shop.until_action(order_id, "Generate Invoice", "waiting")
    shop.step_functions.stop_execution(executionArn=shop.execution_arn(order_id))
    until("the stop is noticed", lambda: shop.order(order_id)["machine_stopped_because"] or None)
    shop.done("order.cancel", {"order_id": order_id})
    shop.until_unwound(order_id)
    edit(tree, INVOICE, "")

    def forgotten() -> bool | None:  # an index follows its table, and by a moment only
        return order_id not in impact(shop, tree)[1] or None

    until(f"order {order_id} is told of no more", forgotten, 10)


def test_an_order_that_came_to_its_end_is_in_nobodys_way(shop: Shop, tree: Path) -> None:
    order_id = str(shop.done("order.create", new_client_order())["order_id"])
    shop.done("order.submit", {"order_id": order_id})
    shop.until_step(order_id, "complete")
    shop.execution_ended(order_id)
    edit(tree, INVOICE, "")

    def forgotten() -> bool | None:  # an index follows its table, and by a moment only
        return order_id not in impact(shop, tree)[1] or None

    until(f"order {order_id} is told of no more", forgotten, 10)


def test_a_stage_that_was_never_deployed_passes_in_one_line(shop: Shop, tree: Path) -> None:
    code, said = impact(shop, tree, stage="dev")

    assert code == 0
    assert said == "OrderQueues-dev is not deployed yet: it has no orders\n"


def test_the_command_ends_with_1_and_the_reason_when_it_cannot_look(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in shop.engine.environment().items():
        monkeypatch.setenv(name, value)

    assert main(["--stage", "local"]) == 0
    assert main(["--stage", "moon"]) == 1
    assert "unknown stage 'moon'" in capsys.readouterr().out
