"""Hypothesis strategies: JSON trees, info maps and queues as callers and operators may write them."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from lambdas.orders.model.queue import Queue
from tests.support.build import a_queue

TEXT = st.text("ab1.-[]%&= é٢\0", max_size=6)
MODULES = ("provision_client", "add_services", "generate_invoice")
LEAVES: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.integers(-(10**9), 10**9).map(lambda thousandths: Decimal(thousandths) / 1000)
    | TEXT
)
JSON_TREES: st.SearchStrategy[Any] = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4), max_leaves=12
)
INFOS: st.SearchStrategy[dict[str, Any]] = st.dictionaries(st.sampled_from("abc"), st.deferred(lambda: _INFO_VALUES))
_INFO_VALUES: st.SearchStrategy[Any] = st.recursive(
    LEAVES, lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3), max_leaves=6
)


@st.composite
def queues(draw: st.DrawFn) -> Queue:
    """One to four ordinary steps of up to three actions each; an action may need any earlier one."""
    steps: list[dict[str, Any]] = [{"id": 1, "name": "Leads", "expires_after_days": 30}]
    earlier: list[int] = []  # required ones: an optional one holds up nothing
    for step_id in range(2, 2 + draw(st.integers(1, 4))):
        actions = []
        for place in range(draw(st.integers(0, 3))):
            action_id = step_id * 10 + place
            optional = draw(st.booleans())
            actions.append(
                {
                    "id": action_id,
                    "name": f"Action {action_id}",
                    "module": draw(st.sampled_from(MODULES)),
                    "automatic": draw(st.booleans()),
                    "optional": optional,
                    "prereqs": draw(st.lists(st.sampled_from(earlier), max_size=2, unique=True)) if earlier else [],
                }
            )
            if not optional:
                earlier.append(action_id)
        steps.append({"id": step_id, "name": f"Step {step_id}", "actions": actions})
    return a_queue(steps=[*steps, {"id": 98, "name": "Complete"}, {"id": 99, "name": "Canceled"}])
