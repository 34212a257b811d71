"""What a stage says of its brands reaches the doors as they read it."""

import json
from types import SimpleNamespace
from typing import Any, cast

from infra.functions.order_parts import OrderParts
from infra.stages.settings import StageSettings
from lambdas.catalog.proration import BillingDay
from lambdas.composition.parts import PartsSettings, billing_days


def environment(**settings: Any) -> dict[str, str]:
    stage = StageSettings.model_validate({"stage": "trial", "keep_data": False, **settings})
    table = SimpleNamespace(table_name="t")
    parts = OrderParts(
        functions=cast(Any, SimpleNamespace(settings=stage)),
        storage=cast(Any, SimpleNamespace(orders=table, records=table, guards=table)),
        queues=cast(Any, None),
        machine_hashes={},
    )
    return parts.door_environment


def test_brands_with_a_currency_or_a_billing_day_of_their_own_are_told_to_the_doors() -> None:
    told = environment(currency="EUR", brand_currencies={"2": "JPY"}, billing_days={"1": {"day": 1, "min_days": 5}})
    read = PartsSettings.model_validate({name.lower(): value for name, value in told.items()})

    assert (read.currency, json.loads(read.brand_currencies)) == ("EUR", {"2": "JPY"})
    assert billing_days(read) == {1: BillingDay(day=1, min_days=5)}


def test_a_stage_whose_brands_are_alike_says_nothing_of_them() -> None:
    assert {"BRAND_CURRENCIES", "BILLING_DAYS"} & environment().keys() == set()
