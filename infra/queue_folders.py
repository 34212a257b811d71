"""Reads the queues of a stage: each folder of statemachines/, or of its owner's `queues/`, that has a compiled machine."""

import hashlib
import json
import re
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

from infra.stages.owned_files import ROOT
from lambdas.orders.model.notify import NotifyRule

_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
ORDER_TABLE = "OrderTable"


@dataclass(frozen=True, kw_only=True)
class QueueFolder:
    """A queue as its folder has it. `file`: of its machine; `definition`: what stands in it, without white space."""

    name: str
    order_queue_id: int
    file: Path
    definition: str
    notify: tuple[NotifyRule, ...] = ()

    @property
    def placeholders(self) -> set[str]:
        """The `${…}` of the definition; what is none of ours (JSONata has its own `$`) does not have this form."""
        return set(_PLACEHOLDER.findall(self.definition))

    @property
    def definition_hash(self) -> str:
        """Names this exact definition; an order records the one it runs."""
        return hashlib.sha256(self.definition.encode()).hexdigest()[:16]

    @property
    def uses_orders(self) -> bool:
        return ORDER_TABLE in self.placeholders

    def modules(self) -> list[str]:
        return sorted(self.placeholders - {ORDER_TABLE})


def write_definition(queue: QueueFolder) -> Path:
    """Write the definition as it is deployed, `.local/definitions/<queue>-<hash>.json` of this repository, and return the file.

    It has no white space: Step Functions takes 1 MB, and names of functions are filled in yet.
    """
    folder = ROOT / ".local" / "definitions"
    made = folder / f"{queue.name}-{queue.definition_hash}.json"
    if not made.exists():
        folder.mkdir(parents=True, exist_ok=True)
        # Written aside and moved: an interrupted or parallel synth leaves no half of a file.
        with tempfile.NamedTemporaryFile("w", dir=folder, delete=False, encoding="utf-8") as aside:
            aside.write(queue.definition)
        Path(aside.name).replace(made)
    return made


def read_queues(root: Path) -> list[QueueFolder]:
    """Every folder with a compiled machine, by name."""
    return [_folder(machine) for machine in sorted(root.glob("*/machine.asl.json"))]


def _folder(machine: Path) -> QueueFolder:
    queue = tomllib.loads((machine.parent / "queue.toml").read_text("utf-8"))
    return QueueFolder(
        name=machine.parent.name,
        order_queue_id=int(queue["order_queue_id"]),
        file=machine,
        definition=_compact(machine.read_text()),
        notify=tuple(map(NotifyRule.model_validate, queue.get("notify", ()))),
    )


def _compact(definition: str) -> str:
    """Remove the white space that reviewers need."""
    return json.dumps(json.loads(definition), separators=(",", ":"), ensure_ascii=False)
