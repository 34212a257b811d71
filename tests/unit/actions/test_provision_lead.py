"""An order makes one lead, a person, unless it has a client."""

import pytest

from lambdas.actions._frame.module import PermanentError
from lambdas.actions.provision_lead import module
from lambdas.records.clients.lead import LeadRecords
from tests.support.build import NOW
from tests.unit.actions.conftest import World
from tests.unit.actions.one_action import ACTION, an_order_with, says_nothing_personal


def test_the_contact_data_becomes_a_lead(world: World) -> None:
    an_order_with(world, module)
    world.run(module, ACTION)
    lead = LeadRecords(world.records).of_order("1001")

    assert lead is not None
    assert (lead.lead_id, lead.brand_id, lead.created_at) == ("1001", 1, NOW)
    assert (lead.first, lead.last, lead.email) == ("Ada", "Lovelace", "ada@example.com")
    assert (world.action(ACTION).reason, world.action(ACTION).result) == (
        "lead made",
        {"lead_id": "1001", "made": True},
    )
    assert says_nothing_personal(world)


def test_one_order_makes_one_lead(world: World) -> None:
    an_order_with(world, module)
    world.run_and_die_before_settling(module, ACTION)
    world.store.save(world.at_present().changed(info={"first": "Grace"}))
    world.run(module, ACTION)

    assert [lead["first"] for lead in world.found("order#1001", "lead")] == ["Ada"]


def test_an_order_with_a_client_makes_none(world: World) -> None:
    an_order_with(world, module, client_id="101")
    world.run(module, ACTION)

    assert world.action(ACTION).result == {"made": False}
    assert LeadRecords(world.records).of_order("1001") is None


def test_nobody_is_no_lead(world: World) -> None:
    order = an_order_with(world, module)
    world.store.save(order.changed(info={"country": "GB"}))

    with pytest.raises(PermanentError, match=r"set info\.first"):
        world.run(module, ACTION)
    assert world.found("order#1001", "lead") == []
