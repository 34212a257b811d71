"""Add Services makes each pack's service once, and cancels them when the order is canceled."""

from typing import Any

import pytest

from lambdas.actions._frame.module import PermanentError
from lambdas.actions.add_services import module
from lambdas.orders.decisions.claims import OrderCanceled
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order
from lambdas.records.clients.service import ServiceRecords
from tests.unit.actions.conftest import SERVICES, Died, World, then

TWO = {"pack1": {"plan_id": "1", "status": "2"}, "pack3": {"plan_id": "2", "quantity": 2}}


def ready(world: World, **changes: Any) -> Order:
    return world.order(**{"client_id": "101", **changes})


def made(world: World) -> list[tuple[str, str]]:
    services = ServiceRecords(world.records).of_order("101", "1001")
    return [(service.service_id, service.status.value) for service in services]


def test_each_pack_becomes_a_service(world: World) -> None:
    ready(world, info=TWO)
    world.run(module, SERVICES)

    assert made(world) == [("1001001", "pending"), ("1001003", "active")]
    assert world.action(SERVICES).result == {"service_ids": ["1001001", "1001003"]}
    assert world.action(SERVICES).reason == "2 services made"


def test_a_service_keeps_the_prices_the_order_was_submitted_with(world: World) -> None:
    ready(world)
    world.run(module, SERVICES)

    (service,) = ServiceRecords(world.records).of_order("101", "1001")
    assert (service.recurring_cents, service.setup_cents, service.currency) == (14900, 9900, "USD")


def test_services_may_begin_pending(world: World) -> None:
    order = ready(world)
    action = order.actions[str(SERVICES)].changed(config={"default_service_status": "pending"})
    world.store.save(order.with_action(action))
    world.run(module, SERVICES)

    assert made(world) == [("1001001", "pending")]


def test_an_order_for_nothing_is_done_with_nothing_made(world: World) -> None:
    ready(world, info={}, client_id=None)
    world.run(module, SERVICES)

    assert world.action(SERVICES).reason == "the order asks for no services"
    assert made(world) == []


def test_without_a_client_it_says_what_to_do(world: World) -> None:
    ready(world, client_id=None)

    with pytest.raises(PermanentError, match="process Provision Client first"):
        world.run(module, SERVICES)
    assert world.action(SERVICES).state is ActionState.FAILED


def test_a_run_that_died_before_it_settled_leaves_one_service_each(world: World) -> None:
    ready(world, info=TWO)
    world.run_and_die_before_settling(module, SERVICES)
    world.run(module, SERVICES)

    assert len(made(world)) == len(world.found("services#101", "service#")) == 2


def test_services_of_a_canceled_order_are_canceled(world: World) -> None:
    ready(world, info=TWO)
    world.run(module, SERVICES)
    world.cancel()

    assert world.undo(module, SERVICES) == {"undone": True}
    assert (made(world), world.action(SERVICES).state) == ([], ActionState.UNDONE)
    assert world.action(SERVICES).reason == "2 services canceled"


def test_undoing_again_finds_nothing_to_undo_and_changes_nothing(world: World) -> None:
    ready(world)
    world.run(module, SERVICES)
    world.cancel()
    world.undo(module, SERVICES)
    before = world.at_present()

    assert world.undo(module, SERVICES) == {"undone": False}
    assert world.at_present() == before


def test_an_undo_that_died_before_it_was_written_is_written_when_it_comes_again(world: World) -> None:
    ready(world)
    world.run(module, SERVICES)
    world.cancel()
    world.store.save_fails = Died()
    with pytest.raises(Died):
        world.undo(module, SERVICES)
    world.store.save_fails = None

    assert world.undo(module, SERVICES) == {"undone": True}
    assert world.action(SERVICES).state is ActionState.UNDONE


@pytest.mark.parametrize("client_id", [None, "101"])
def test_where_nothing_was_made_nothing_is_undone(world: World, client_id: str | None) -> None:
    ready(world, client_id=client_id)
    world.cancel()
    before = world.at_present()

    assert world.undo(module, SERVICES) == {"undone": False}
    assert world.at_present() == before


def test_what_is_made_while_the_order_is_canceled_is_taken_back(world: World) -> None:
    ready(world)

    with pytest.raises(OrderCanceled):
        world.run(then(module, world.cancel), SERVICES)
    assert made(world) == []
    assert world.action(SERVICES).state is ActionState.UNDONE
    assert world.action(SERVICES).result == {"service_ids": ["1001001"]}
