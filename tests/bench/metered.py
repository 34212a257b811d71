"""What the engine's meter wrote down of the tables (infra/local/engine/dynamodb/meter.py), added up."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_LEDGER = ("effects", "effects_of")  # kinds of items of the ledger of effects
_READ_MODELS = ("HistoryTable", "DeskTable")  # as the stack's tables are called


@dataclass(frozen=True)
class Metered:
    """`model_units`: the write units of the tables of read models, which are part of the others; `ledger_units`: those of the
    ledger of effects, likewise.
    """

    requests: int = 0
    table_units: float = 0
    index_units: float = 0
    read_units: float = 0
    model_units: float = 0
    ledger_units: float = 0

    @classmethod
    def of(cls, file: Path) -> "Metered":
        """All but the sandbox's own book, which a real gateway keeps elsewhere."""
        written = (json.loads(line) for line in file.read_text().splitlines())
        lines = [line for line in written if line["kind"] != "sandbox"]
        return cls(
            requests=len(lines),
            table_units=sum(line.get("table_units", 0) for line in lines),
            index_units=sum(sum(line.get("indexes", {}).values()) for line in lines),
            read_units=sum(line.get("read_units", 0) for line in lines),
            model_units=sum(line.get("table_units", 0) for line in lines if _is_of_read_model(line)),
            ledger_units=sum(line.get("table_units", 0) for line in lines if line["kind"] in _LEDGER),
        )

    @property
    def write_units(self) -> float:
        return self.table_units + self.index_units


def _is_of_read_model(line: dict[str, Any]) -> bool:
    return any(name in (line.get("table") or "") for name in _READ_MODELS)
