"""`make smoke` asks Step Functions about a state that writes an order without a function; machines of every version have some."""

import json
from pathlib import Path

import pytest

from infra.operate.smoke.account import silent_states
from lambdas.orders.model.queue import QUEUES_ROOT

EARLIER = Path(__file__).parents[2] / "data" / "virtual_hosting_2026_11_27" / "machine.asl.json"


@pytest.mark.parametrize(
    "file", [EARLIER, *sorted(QUEUES_ROOT.glob("*/machine.asl.json"))], ids=lambda file: file.parent.name
)
def test_a_state_is_found_whatever_it_is_called(file: Path) -> None:
    found = list(silent_states(json.loads(file.read_text("utf-8"))["States"]))

    assert found
    for _, state in found:
        assert "actions.#key.#state = :failed" in state["Arguments"]["UpdateExpression"]
        assert not state["Resource"].endswith("waitForTaskToken")
