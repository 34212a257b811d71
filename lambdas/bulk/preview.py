"""A preview: what a run would do with each order, fixed by a token. It is kept for half an hour, in the table of guards.

It is filled page by page, by one or more calls, so that no call takes longer than its door allows.
"""

import hashlib
import json
from typing import Any, NamedTuple

from lambdas.bulk.instruction import Instruction
from lambdas.bulk.selection import Selection
from lambdas.bulk.summary import EffectGroup, RefusalGroup
from lambdas.runtime.models import Frozen

PAGE_ORDERS = 25
_TOKEN_LETTERS = 32


class PlannedOrder(NamedTuple):
    """One order of a run. `effect`: number of its EffectGroup. `cents`, `currency`: its own sum."""

    order_id: str
    revision: int
    order_queue_id: int
    brand_id: int
    effect: int
    cents: int
    currency: str


Page = tuple[PlannedOrder, ...]


class Preview(Frozen):
    """`looked_at`: orders that were read. `refused`: orders in `refusals`. `cursor`, `taken`: where the next call continues,
    in a list or in given numbers. `places`: queues and brands of its orders; `refused_places`, of refused ones. Unix seconds."""

    preview_id: str
    by: str
    instruction: Instruction
    selection: Selection
    made_at: int
    expires_at: int
    revision: int = 0
    is_complete: bool = False
    cursor: str | None = None
    taken: int = 0
    looked_at: int = 0
    planned: int = 0
    refused: int = 0
    pages: int = 0
    effects: tuple[EffectGroup, ...] = ()
    refusals: tuple[RefusalGroup, ...] = ()
    places: tuple[tuple[int, int], ...] = ()
    refused_places: tuple[tuple[int, int], ...] = ()
    digest: str = ""

    @property
    def token(self) -> str:
        """Names the preview, its orders and their revisions, and the user."""
        return f"{self.preview_id}.{self.digest[:_TOKEN_LETTERS]}"

    @property
    def found(self) -> int:
        """Orders that the selection means."""
        return self.planned + self.refused


def first_digest(by: str, instruction: Instruction) -> str:
    """The digest of a preview without orders."""
    return _digest(by, instruction.model_dump(mode="json"))


def next_digest(digest: str, page: Page) -> str:
    """The digest with one more page of orders."""
    return _digest(digest, page)


def _digest(*parts: Any) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()
