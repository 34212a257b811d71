"""Loads the action modules at compile time, and writes the facts that Lambda needs into `modules.json`.

Only the compiler loads them all. It checks each action's `config` against its module's own model, so no Lambda must do that.
"""

import importlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from lambdas.actions._frame.module import Module

ACTIONS_FOLDER = Path(__file__).resolve().parents[1] / "lambdas" / "actions"


@cache
def read_modules() -> dict[str, Module[Any]]:
    """By name: every file in lambdas/actions that does not begin with an underscore."""
    names = sorted(file.stem for file in ACTIONS_FOLDER.glob("[a-z]*.py"))
    modules = {name: importlib.import_module(f"lambdas.actions.{name}").module for name in names}
    misnamed = [name for name, module in modules.items() if module.name != name]
    if misnamed:
        raise ValueError(f"these modules are not called like their files: {', '.join(misnamed)}")
    return modules


def facts_json(modules: dict[str, Module[Any]]) -> str:
    """The content of `modules.json` (lambdas/orders/model/modules.py reads it)."""
    facts = {
        name: {
            "label": module.label or name.replace("_", " ").title(),
            "interactive": module.interactive,
            "reprocess": module.reprocess,
            "undoes": module.undo is not None,
            "money": module.money,
            "config": module.config.model_json_schema(),
        }
        for name, module in modules.items()
    }
    return json.dumps(facts, indent=2, ensure_ascii=False) + "\n"
