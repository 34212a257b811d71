"""Facts about each action module: `statemachines/modules.json`, compiled from the modules' files. No module is loaded.

The domain asks it whether a done action may be run again; `order.module_list` shows it (reference/ubersmith.md 1.6).
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from lambdas.orders.model.queue import QUEUES_ROOT
from lambdas.runtime.models import Frozen

MODULES_FILE = QUEUES_ROOT / "modules.json"


class ModuleFacts(Frozen):
    """`config`: JSON Schema of its settings. `undoes`: can take back what it did. `money`: what it does with money."""

    label: str
    interactive: bool
    reprocess: bool
    undoes: bool
    money: str
    config: dict[str, Any]


@cache
def load_modules(file: Path = MODULES_FILE) -> dict[str, ModuleFacts]:
    """By name."""
    return {name: ModuleFacts.model_validate(facts) for name, facts in json.loads(file.read_text("utf-8")).items()}
