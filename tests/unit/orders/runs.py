"""Runs in Lambda, cut into moves: claim, each effect, settle, and the taking back of what landed too late.

The frame of lambdas/actions/_run.py in small, over books instead of records and a gateway.
"""

from collections.abc import Iterator
from dataclasses import replace

from lambdas.orders import claims, progress
from lambdas.orders.claims import ActionBusy, OrderCanceled, OrderMoved
from lambdas.orders.queue import StepStatus
from tests.unit.orders.world import CHAIN, CLAIM_SECONDS, CLIENT, INVOICE, SERVICES, UNDOABLE, Books, Place, Run, World


def run_on(world: World, run: Run) -> Iterator[World]:
    if run.at == "claim":
        yield from _claim(world, run)
    elif run.at == "settle failed":
        settled = _settled(world, run, failed=True)
        gone = settled.order.step_status is StepStatus.CANCELED
        yield answered(ended(settled, run), run, "canceled" if gone else "failed")
    elif run.at == "settle":
        settled = _settled(world, run, failed=False)
        if settled.order.step_status is StepStatus.CANCELED:
            yield _at(settled, run, "take back")
        else:
            yield answered(ended(settled, run), run, "done")
    elif run.at == "take back":
        taken = undone(world, run.action_id) if run.action_id in UNDOABLE else world
        yield answered(ended(taken, run), run, "canceled")
    else:
        yield from _effect(world, run)


def _claim(world: World, run: Run) -> Iterator[World]:
    order, action_id = world.order, run.action_id
    if not claims.is_claimable(order, action_id, world.now):
        try:
            claims.refuse_claim(order, action_id)
            yield answered(ended(world, run), run, "done")
        except OrderCanceled:
            yield answered(ended(world, run), run, "canceled")
        except OrderMoved:
            yield answered(ended(world, run), run, "moved")
        except ActionBusy:
            if run.by_machine:
                yield answered(ended(world, run), run, "failed")  # all its tries were used up
            else:
                yield ended(world, run)
        return
    claim = f"{action_id}:{world.count}"
    ends_at = world.now + CLAIM_SECONDS
    claimed = claims.claimed(order, action_id, claim=claim, now=world.now, ends_at=ends_at)
    first = {CLIENT: "client", SERVICES: "services", INVOICE: "invoice"}[action_id]
    yield _at(world.wrote(claimed, count=world.count + 1), run, first, claim)


def _effect(world: World, run: Run) -> Iterator[World]:
    """One effect, and a refusal in its place once."""
    if "refuse" in world.may:
        yield _at(world, run, "settle failed").without("refuse")
    books = world.books
    if run.at == "client":
        yield _at(replace(world, books=replace(books, clients=1)), run, "settle")
    elif run.at == "services":
        made = "active" if books.services == "none" else books.services
        yield _at(replace(world, books=replace(books, services=made)), run, "settle")
    elif run.at == "invoice":
        if books.services != "active":  # nothing to invoice
            yield _at(replace(world, books=_given_back(books)), run, "settle")
        else:
            issued = books.invoices or 1
            yield _at(replace(world, books=replace(books, invoices=issued)), run, "capture")
    elif books.money == "held":
        captured = replace(books, money="captured", moved=(books.moved[0] + 1, books.moved[1]))
        yield _at(replace(world, books=captured), run, "settle")
    else:
        yield _at(world, run, "settle" if books.money == "captured" else "settle failed")


def _given_back(books: Books) -> Books:
    after = {"held": "voided", "captured": "refunded"}.get(books.money)
    if after is None:
        return books
    return replace(books, money=after, moved=(books.moved[0], books.moved[1] + 1))


def _taken_back(books: Books, action_id: int) -> Books:
    if action_id == INVOICE:
        return _given_back(books)
    return replace(books, services="canceled") if books.services == "active" else books


def _settled(world: World, run: Run, *, failed: bool) -> World:
    if world.order.actions[str(run.action_id)].claim != run.claim:
        return world
    if failed:
        return world.wrote(progress.failed(world.order, run.action_id, now=world.now, reason="refused"))
    return world.wrote(progress.done(world.order, run.action_id, now=world.now, reason="", result={}))


def _at(world: World, run: Run, at: str, claim: str | None = None) -> World:
    further = replace(run, at=at, claim=run.claim if claim is None else claim)
    return replace(world, runs=tuple(further if one is run else one for one in world.runs))


def ended(world: World, run: Run) -> World:
    return replace(world, runs=tuple(one for one in world.runs if one is not run))


def answered(world: World, run: Run, answer: str) -> World:
    """The machine hears how the run ended, if it waits for it."""
    if not run.by_machine:
        return world
    place = CHAIN.index(run.action_id) + 1
    onward: Place = ("run", CHAIN[place]) if place < len(CHAIN) else ("complete", 0)
    goals: dict[str, Place] = {
        "done": onward,
        "canceled": ("router", 0),
        "moved": ("router", 0),
        "crashed": ("run", run.action_id),
        "failed": ("wait", run.action_id),
    }
    return replace(world, machine=goals[answer])


def undone(world: World, action_id: int) -> World:
    books = _taken_back(world.books, action_id)
    if books == world.books:
        return world
    return replace(world.wrote(progress.undone(world.order, action_id, now=world.now, reason="")), books=books)
