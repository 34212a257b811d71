"""Runs in Lambda, cut into moves: claim, each effect, settle, and the taking back of what landed too late.

The frame of lambdas/actions/_frame (run.py, undo.py) in small, over books instead of records and a gateway. A claim and the first
effect are one move, because nobody else's move reads or writes that effect while the claim lives; a process may still die
between the two.
"""

from collections.abc import Iterator
from functools import partial

from lambdas.orders.decisions import claims, outcomes, progress
from lambdas.orders.decisions.claims import ActionBusy, ActionUnasked, OrderCanceled, OrderMoved
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from tests.model import effects
from tests.model.effects import AGAIN, DONE, FAILED, WAITS
from tests.model.machine import heard
from tests.model.undo import undone
from tests.model.world import CLAIM_SECONDS, Model, Run, World, unused
from tests.support.build import NOW

UNASKED, BUSY, TAKE_BACK, LET_GO = "unasked", "busy", "take back", "let go"
ERRORS = {
    WAITS: "ActionWaits",
    FAILED: "PermanentError",
    AGAIN: "TransientError",
    UNASKED: "ActionUnasked",
    BUSY: "ActionBusy",
}


def run_on(model: Model, world: World, run: Run) -> Iterator[World]:
    """What a run may do next."""
    if run.at == "claim":
        yield from _claim(model, world, run)
    elif run.at == "capture":
        books, at = effects.captured(world.books)
        yield _at(world._replace(books=books), run, at)
        yield from _troubled(model, world, run)
    elif run.at == TAKE_BACK:
        yield from _ended(model, undone(model, world, run.action_id), run, "OrderCanceled")
    elif run.at == LET_GO:
        skipped = world.order.order.actions[str(run.action_id)].state is ActionState.SKIPPED
        after = world._replace(books=effects.let_go(world.books)) if skipped else world
        yield from _ended(model, after, run, "")
    else:
        yield from _settle(model, world, run)


def _claim(model: Model, world: World, run: Run) -> Iterator[World]:
    key, beside = run.action_id, run.beside
    error = model.look(world, ("refused", key, beside), lambda order: _refusal(order, key, beside=beside))
    if error is not None:
        yield from _refused(model, world, run, error)
        return
    used = (one.claim for one in world.runs if one.action_id == key)
    claim = unused(str(key), world.order.order.actions[str(key)].claim, *used)
    claiming = partial(claims.claimed, action_id=key, claim=claim, now=NOW, ends_at=NOW + CLAIM_SECONDS)
    claimed = model.write(world, ("claim", key, claim), claiming)
    mine = run._replace(claim=claim, gone=False, by=claimed.order.order.actions[str(key)].by)
    world = claimed.running(mine, instead_of=run)
    too_early = model.look(world, ("too early", key), lambda order: _too_early(order, key))
    if too_early:
        yield _at(world, mine, too_early)
        return
    order = world.order.order
    for books, at in effects.outcomes(order, order.actions[str(key)], world.books):
        yield _at(world._replace(books=books), mine, at)
    yield from _troubled(model, world, mine)


def _troubled(model: Model, world: World, run: Run) -> Iterator[World]:
    """It is refused; it has its effect and hears nothing of it; or its process dies before it."""
    if model.may(world, "refuse"):
        refused = model.spend(world, "refuse")
        yield _at(refused, run, FAILED)
        order = world.order.order
        for books, _ in effects.outcomes(order, order.actions[str(run.action_id)], world.books):
            yield _at(refused._replace(books=books), run, AGAIN)
    if model.may(world, "crash"):
        yield from crashed(model, world, run)


def crashed(model: Model, world: World, run: Run) -> Iterator[World]:
    """Its process dies. Whoever called it calls again; its claim stays until it lapses."""
    yield model.spend(world, "crash").running(run._replace(at="claim", claim="", by="", gone=False), instead_of=run)


def silent(model: Model, world: World, run: Run) -> Iterator[World]:
    """The last of its tries ends without a word, and the machine hears of that; a claim stays until it lapses."""
    yield from _ended(model, model.spend(world, "silence"), run, "Runtime.ExitError")


def _refusal(order: Order, action_id: int, *, beside: bool) -> str | None:
    """None: it may run now. "": it is done or skipped. Else the error that the claim ends with."""
    if claims.is_claimable(order, action_id, NOW, only_if_asked=beside):
        return None
    try:
        claims.refuse_claim(order, action_id)
    except (OrderCanceled, OrderMoved, ActionBusy, ActionUnasked) as refusal:
        return type(refusal).__name__
    return ""


def _refused(model: Model, world: World, run: Run, error: str) -> Iterator[World]:
    if not error and world.order.order.actions[str(run.action_id)].module == "generate_invoice":
        yield _at(world, run, LET_GO)
        return
    if error == "OrderMoved" and not run.beside and progress.machine_is_ahead(world.order.order, run.action_id):
        yield model.write(world, "machine went on", lambda order: progress.advanced(order, machine_went_on=True))
        return
    yield from _ended(model, world, run, error)


def _too_early(order: Order, action_id: int) -> str:
    """The rule of _refuse_too_early: "" if nothing is missing."""
    action = order.actions[str(action_id)]
    needed = progress.unmet_prereqs(order, action)
    if not needed:
        return ""
    return BUSY if any(claims.is_busy(prereq, NOW) for prereq in needed) else UNASKED


def _settle(model: Model, world: World, run: Run) -> Iterator[World]:
    after = model.write(world, ("settle", run.action_id, run.at, run.claim, run.by), partial(_settled, run=run))
    canceled = after.order.order.step_status is StepStatus.CANCELED
    if canceled and run.at in (DONE, WAITS):
        yield _at(after, run, TAKE_BACK)
        return
    error = ERRORS.get(run.at, "")
    if run.at not in (UNASKED, BUSY):
        error = "OrderCanceled" if canceled else "OrderMoved" if _is_gone(after, run) else error
    yield from _ended(model, after, run, error)
    if model.may(after, "crash"):
        same = next(one for one in after.runs if one[:-1] == run[:-1])
        yield from crashed(model, after, same)


def _is_gone(world: World, run: Run) -> bool:
    return next(one.gone for one in world.runs if one[:-1] == run[:-1])


def _settled(order: Order, run: Run) -> Order:
    action = order.actions[str(run.action_id)]
    if action.claim != run.claim:
        return order
    match run.at:
        case "done":
            client = "1" if action.module == "provision_client" else None
            return outcomes.done(order, run.action_id, now=NOW, reason="", result={}, client_id=client, by=run.by)
        case "waits":
            return outcomes.waiting(order, run.action_id, now=NOW, reason="", result={})
        case "busy" | "unasked" if run.at == BUSY or not action.optional:
            return claims.unclaimed(order, run.action_id, reason="")
    return outcomes.failed(order, run.action_id, now=NOW, reason="")


def _at(world: World, run: Run, at: str) -> World:
    return world.running(run._replace(at=at), instead_of=run)


def _ended(model: Model, world: World, run: Run, error: str) -> Iterator[World]:
    """The run is over. The machine hears of it, if it waits for it still."""
    run = next(one for one in world.runs if one[:-1] == run[:-1])
    world = world.running(instead_of=run)
    yield world if run.place < 0 else heard(model, world, run.place, error)
