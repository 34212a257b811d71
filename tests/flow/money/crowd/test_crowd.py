"""Twenty orders at once, as `make crowd` has two hundred: numbers without a gap, nothing held for who canceled, all invoiced."""

import pytest

from tests.flow.conftest import Shop
from tests.flow.money.crowd.lives import Crowd
from tests.flow.money.crowd.tally import tally_of
from tests.flow.money.provider import Provider

pytestmark = pytest.mark.engine


@pytest.mark.slow
def test_a_crowd_of_orders_leaves_no_gap_and_no_cent(shop: Shop) -> None:
    before = shop.records.get("series#1#invoice", "counter") or {"latest": 0}

    orders = Crowd(shop, Provider(shop)).live(20, seed=7)

    assert tally_of(shop, orders).differences(int(before["latest"]) + 1) == []
