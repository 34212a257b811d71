"""`make compile`: write each queue's machine beside it and say what it costs. With `--check`, write nothing and compare.

The queues and the catalog are ours, or those of the folder that the variable STAGES names.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from infra.stages.owned_files import OwnedFiles, owned_files, shown
from lambdas.actions._frame.module import Module
from lambdas.orders.model.modules import MODULES_FILE
from lambdas.orders.model.queue import Queue, QueueFileError, load_queues
from lambdas.orders.model.teams import Team, TeamsError, read_teams
from statemachines.catalog_checks import CatalogError, check_catalog
from statemachines.checks import QueueError, check
from statemachines.compiler import compile_queue, to_json
from statemachines.credit_checks import credit_warnings
from statemachines.form_checks import FormError, check_forms
from statemachines.graph import branches, is_plain
from statemachines.modules import facts_json, read_modules

DEFINITION_BYTES = 1_048_576  # https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
_PLACEHOLDER = re.compile(r"\$\{\w+\}")
_LONG_ARN, _LONG_TABLE = (
    120,
    60,
)  # of a function with a long module, and of the order table, on a stage with a long name
MICRODOLLARS_PER_TRANSITION = 25  # US$0.025 per 1,000, reference/order-systems.md D8


def machine_of(queue: Queue, modules: Mapping[str, Module[Any]], teams: Mapping[str, Team] | None = None) -> str:
    """The content of the queue's `machine.asl.json`. Raises QueueError."""
    check(queue, modules, teams)
    undoing = frozenset(name for name, module in modules.items() if module.undo)
    machine = compile_queue(queue, undoing)
    if (size := deployed_bytes(machine)) > DEFINITION_BYTES:
        text = f"its machine has {size:,} bytes, and Step Functions takes {DEFINITION_BYTES:,}"
        raise QueueError(queue, [f"{text}: give it fewer actions, or fewer prereqs"])
    return to_json(machine)


def deployed_bytes(machine: Mapping[str, Any]) -> int:
    """Bytes of the deployed definition: without blanks (infra/queue_folders.py), and with the names that AWS gives filled in."""
    text = json.dumps(machine, separators=(",", ":"), ensure_ascii=False)
    return len(_PLACEHOLDER.sub("x" * _LONG_ARN, text.replace("${OrderTable}", "x" * _LONG_TABLE)).encode())


def happy_path_transitions(queue: Queue) -> int:
    """States entered when nothing fails: Complete, a box per step that has one; per action its run, its gate where it has
    one, and its wait if it is done by hand."""
    steps = [branches(step) for step in queue.ordinary_steps if step.machine_actions]
    places = [place for chains in steps for chain in chains for place in chain]
    boxes = sum(not is_plain(chains) for chains in steps)
    return 1 + boxes + sum(1 + bool(place.gates) + (not place.action.automatic) for place in places)


def main(only_check: bool) -> int:
    owned = owned_files("")
    try:
        queues = load_queues(owned.queues)
        files = dict(_files(owned, queues))
        plans = check_catalog(queues, owned.plans, owned.taxes, owned.sellers, owned.brands)
        forms = check_forms(queues, plans, owned.queues)
    except (CatalogError, QueueError, QueueFileError, FormError, TeamsError) as error:
        print(owned.in_place(str(error)), file=sys.stderr)
        return 1
    stale = [file for file, content in files.items() if not file.exists() or file.read_text("utf-8") != content]
    if only_check:
        with_theirs = f" STAGES={owned.folder}" if owned.folder else ""
        for file in stale:
            print(f"{shown(file)} is not what it compiles to: run `make compile{with_theirs}`", file=sys.stderr)
        return 1 if stale else 0
    for file in stale:
        file.write_text(files[file], encoding="utf-8")
    for queue in queues.values():
        for warning in credit_warnings(queue):
            print(f"{shown(owned.queues)}/{queue.key}/queue.toml: warning: {warning}", file=sys.stderr)
        print(_summary(queue, files[owned.queues / queue.key / "machine.asl.json"]))
    for form in forms:
        print(f"{form.queue:<18} form /forms/{form.name}: {len(form.pages)} pages, {len(form.fields)} fields")
    return 0


def _files(owned: OwnedFiles, queues: Mapping[int, Queue]) -> Iterator[tuple[Path, str]]:
    """The facts of modules are of the code, and so are ours alone."""
    modules, teams = read_modules(), read_teams(owned.teams)
    if not owned.has_own_queues:
        yield MODULES_FILE, facts_json(modules)
    for queue in queues.values():
        yield owned.queues / queue.key / "machine.asl.json", machine_of(queue, modules, teams)


def _states(machine: Mapping[str, Any]) -> int:
    """All of them, also those inside the boxes of steps."""
    found = machine["States"].values()
    return len(found) + sum(_states(branch) for state in found for branch in state.get("Branches", ()))


def _summary(queue: Queue, definition: str) -> str:
    transitions = happy_path_transitions(queue)
    price = transitions * MICRODOLLARS_PER_TRANSITION / 1_000_000
    by_hand = sum(not action.automatic for action in queue.actions)
    return (
        f"{queue.key:<18} {len(queue.steps)} steps, {len(queue.actions)} actions ({by_hand} by hand), "
        f"{_states(json.loads(definition))} states, {transitions} transitions, ${price:.6f} an order, "
        f"definition {len(definition) // 1024} KB"
    )


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
