"""What `make diff` shows of the machines: the changed lines, and nothing that a deployment fills in."""

import json
import re

from infra.operate.machine_diff import definitions_in, machine_differences
from lambdas.orders.model.queue import QUEUES_ROOT

MACHINES = definitions_in(QUEUES_ROOT)


def deployed(definition: str) -> str:
    """As Step Functions returns it: without white space, and with the ARNs and the table's name."""
    filled_in = re.sub(r"\$\{(\w+)\}", r"arn:\1", definition)
    return json.dumps(json.loads(filled_in), separators=(",", ":"))


def test_what_is_deployed_already_shows_no_difference() -> None:
    assert MACHINES
    filled = {folder: deployed(definition) for folder, definition in MACHINES.items()}

    assert list(machine_differences(filled, MACHINES)) == []


def test_a_changed_timeout_is_one_line_each_way() -> None:
    machine = json.loads(MACHINES["new_accounts"])
    state = next(state for state in machine["States"].values() if state["Type"] == "Task")
    state["TimeoutSeconds"] = 899
    lines = list(machine_differences({"new_accounts": json.dumps(machine)}, {"new_accounts": MACHINES["new_accounts"]}))

    changed = [line.split() for line in lines if line[0] in "+-" and "TimeoutSeconds" in line]
    assert [line[0] for line in changed] == ["-", "+"]
    assert changed[0][-1] == "899,"
    assert lines[0] == "--- deployed/new_accounts"


def test_a_new_and_a_removed_queue_are_shown_whole() -> None:
    old, new = MACHINES["new_accounts"], MACHINES["colocation"]
    lines = list(machine_differences({"gone": old}, {"made": new}))

    assert {f'-    "{name}": {{' for name in json.loads(old)["States"]} <= set(lines)
    assert {f'+    "{name}": {{' for name in json.loads(new)["States"]} <= set(lines)
