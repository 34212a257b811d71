"""Pending services of the order become active; none comes back that was canceled."""

import pytest

from lambdas.actions._frame.module import PermanentError
from lambdas.actions.activate_services import module
from lambdas.actions.add_services import module as add_services
from lambdas.records.clients.service import Service, ServiceRecords, ServiceStatus
from tests.support.build import NOW
from tests.unit.actions.conftest import World
from tests.unit.actions.one_action import ACTION, OTHER, an_order_with, ask

PENDING = {"id": OTHER, "name": "Add", "module": "add_services", "config": {"default_service_status": "pending"}}
TWO = {"pack1": {"plan_id": "2"}, "pack2": {"plan_id": "2", "status": "1"}}


def with_services(world: World) -> tuple[Service, ...]:
    an_order_with(world, module, others=(PENDING,), info=TWO, client_id="101")
    world.run(add_services, OTHER)
    return services(world)


def services(world: World) -> tuple[Service, ...]:
    return ServiceRecords(world.records).of_order("101", "1001")


def test_what_is_pending_becomes_active(world: World) -> None:
    assert [one.status.value for one in with_services(world)] == ["pending", "active"]
    world.run(module, ACTION)

    assert {one.status for one in services(world)} == {ServiceStatus.ACTIVE}
    assert (world.action(ACTION).reason, world.action(ACTION).result) == (
        "1 service activated",
        {"service_ids": ["1001001"]},
    )


def test_since_when_a_service_is_active_is_known_whoever_made_it_so(world: World) -> None:
    with_services(world)
    world.clock.time = NOW + 86_400
    world.run(module, ACTION)
    ask(world)
    world.clock.time += 86_400
    world.run(module, ACTION)

    activated, active_at_once = services(world)
    assert (activated.activated_at, active_at_once.activated_at) == (NOW + 86_400, NOW)
    assert (activated.begins_at, active_at_once.begins_at) == (NOW + 86_400, NOW)
    assert activated.model_copy(update={"start_at": 7}).begins_at == 7


def test_again_there_is_nothing_to_do(world: World) -> None:
    with_services(world)
    world.run(module, ACTION)
    ask(world)
    world.run(module, ACTION)

    assert world.action(ACTION).reason == "no service was pending"


def test_a_service_that_is_canceled_meanwhile_stays_canceled(world: World) -> None:
    pending, _ = with_services(world)
    records = ServiceRecords(world.records)
    records.cancel(pending)

    assert records.activate(pending, NOW) is False
    assert [one.service_id for one in services(world)] == ["1001002"]


def test_without_services_there_is_a_reason(world: World) -> None:
    an_order_with(world, module, info=TWO)

    with pytest.raises(PermanentError, match="process Add Services first"):
        world.run(module, ACTION)


def test_an_order_without_packs_has_none_to_activate(world: World) -> None:
    an_order_with(world, module, info={})
    world.run(module, ACTION)

    assert world.action(ACTION).reason == "the order asks for no services"
