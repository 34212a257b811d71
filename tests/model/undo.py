"""The taking back of what an action did to a canceled order, as lambdas/actions/_frame/undo.py does it. It may be repeated."""

from lambdas.orders.decisions import outcomes
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from tests.model.effects import taken_back
from tests.model.world import Model, World
from tests.support.build import NOW


def undone(model: Model, world: World, action_id: int) -> World:
    """Effect and record of it; the same world where there is nothing to take back."""
    order = world.order.order
    action = order.actions[str(action_id)]
    facts = model.modules[action.module]
    untouched = action.attempts == 0 and facts.money == "none"
    if order.step_status is not StepStatus.CANCELED or not facts.undoes or untouched:
        return world
    books = taken_back(order, action, world.books)
    if books is None:
        return world

    def decision(now: Order) -> Order:
        return outcomes.undone(now, action_id, now=NOW, reason="")

    return model.write(world, ("undone", action_id), decision)._replace(books=books)


def undo_refused(model: Model, world: World, action_id: int) -> World:
    def decision(now: Order) -> Order:
        return outcomes.failed(now, action_id, now=NOW, reason="")

    return model.write(model.spend(world, "refuse"), ("undo refused", action_id), decision)
