"""Fixed values go into the order's info, but never such that decide what is bought or how it is paid."""

from typing import Any

import pytest
from pydantic import ValidationError

from lambdas.actions._frame.module import PermanentError
from lambdas.actions.update_fields import UpdateFieldsConfig, module
from lambdas.orders.decisions.lead.fixed_fields import changed_fields
from tests.support.build import an_order
from tests.unit.actions.conftest import World
from tests.unit.actions.one_action import ACTION, an_order_with


def test_the_values_are_merged_and_the_rest_stays(world: World) -> None:
    an_order_with(
        world,
        module,
        {"fields": {"region": "eu", "meta": {"tier": 2}}},
        info={"meta": {"source": "web"}, "region": "us"},
    )
    world.run(module, ACTION)
    order = world.at_present()

    assert (order.info["region"], order.info["meta"]) == ("eu", {"source": "web", "tier": 2})
    assert order.info["first"] == "Ada"
    assert (world.action(ACTION).reason, world.action(ACTION).result) == (
        "set: meta, region",
        {"fields": ["meta", "region"]},
    )


def test_doing_it_again_changes_nothing(world: World) -> None:
    an_order_with(world, module, {"fields": {"region": "eu"}})
    world.run_and_die_before_settling(module, ACTION)
    world.run(module, ACTION)

    assert world.at_present().info["region"] == "eu"


FIXED = ["pack1", "cc_token", "ach_acct", "paypal_token", "payment_type", "billing_info_id", "coupon"]


@pytest.mark.parametrize("key", FIXED)
def test_what_is_fixed_after_submit_cannot_be_set(key: str) -> None:
    order = an_order()
    assert changed_fields(order, order.changed(info={**order.info, key: "x"})) == [f"info.{key}"]

    with pytest.raises(ValidationError):
        UpdateFieldsConfig.model_validate({"fields": {key: "x"}})


@pytest.mark.parametrize("fields", [{}, {"rate": 1.5}, {"uber_pass": "secret"}, {"list": [1]}])
def test_other_values_that_cannot_be_set(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        UpdateFieldsConfig.model_validate({"fields": fields})


def test_a_queue_that_sets_what_is_fixed_fails_with_a_reason(world: World) -> None:
    an_order_with(world, module, {"fields": {"cc_token": "tok_mine"}})

    with pytest.raises(PermanentError, match="settings of this action do not fit update_fields"):
        world.run(module, ACTION)


def test_an_order_that_is_full_says_so(world: World) -> None:
    an_order_with(world, module, {"fields": {"note": "x" * 100_000}}, info={"letter": "y" * 150_000})

    with pytest.raises(PermanentError, match="cannot take these fields"):
        world.run(module, ACTION)
