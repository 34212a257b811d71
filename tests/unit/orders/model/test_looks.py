"""Who saw the order as it is: looks at its deadlines change nothing that people see."""

from hypothesis import given
from hypothesis import strategies as st

from lambdas.orders.model.order import Order
from tests.support.build import NOW, an_order


@given(st.lists(st.booleans(), max_size=8))
def test_an_order_is_still_what_was_seen_as_long_as_only_looks_followed(are_looks: list[bool]) -> None:
    order, seen = an_order(), an_order().revision
    for at, is_look in enumerate(are_looks):
        order, seen = written(order, is_look, NOW + at), seen if is_look else order.revision + 1

    assert [revision for revision in range(order.revision + 3) if order.is_at(revision)] == list(
        range(seen, order.revision + 1)
    )
    assert order.is_at(None)


def written(order: Order, is_look: bool, now: int) -> Order:
    """As the store writes it; a claim of the machine knows nothing of looks either."""
    changed = order.looked_over(now) if is_look else order.changed(activity=now)
    return changed.changed(revision=order.revision + 1)
