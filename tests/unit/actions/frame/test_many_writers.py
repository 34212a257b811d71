"""Many who write one order for seconds: whoever has done something goes on trying to say so while its function lives."""

import pytest

from lambdas.actions._frame.module import TransientError
from lambdas.actions.generate_invoice import module as generate_invoice
from lambdas.orders.decisions import progress
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order
from lambdas.runtime.retry_budget import retry_budget
from tests.unit.actions.conftest import INVOICE, LAMBDA_SECONDS, Context, World
from tests.unit.actions.test_generate_invoice import ready


class Crowd:
    """Somebody writes the order in front of each of the next `saves`."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.saves, self._world, self._now = 0, world, 0.0
        self._save = world.store.save
        monkeypatch.setattr(world.store, "save", self.save)
        monkeypatch.setattr("lambdas.runtime.retry_budget.sleep", self.sleep)
        monkeypatch.setattr("lambdas.runtime.retry_budget.monotonic", lambda: self._now)

    def save(self, order: Order) -> Order:
        if self.saves:
            self.saves -= 1
            self._save(self._world.at_present().changed(priority=self.saves))
        return self._save(order)

    def sleep(self, seconds: float) -> None:
        assert self._now + seconds < LAMBDA_SECONDS
        self._now += seconds


def test_an_action_settles_however_often_others_come_first(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ready(world)
    crowd = Crowd(world, monkeypatch)
    saves = world.store.claim

    def claim(*args: object, **named: object) -> Order | None:
        claimed = saves(*args, **named)  # type: ignore[arg-type]
        crowd.saves = 30
        return claimed

    monkeypatch.setattr(world.store, "claim", claim)
    world.run(generate_invoice, INVOICE)

    assert (crowd.saves, world.action(INVOICE).state) == (0, ActionState.DONE)
    assert len(world.found("invoices#101", "invoice#")) == 1


def test_who_never_gets_a_turn_is_tried_again_by_itself_and_no_person_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready(world)
    crowd = Crowd(world, monkeypatch)
    claim = world.store.claim

    def claimed(*args: object, **named: object) -> Order | None:
        made = claim(*args, **named)  # type: ignore[arg-type]
        crowd.saves = 10_000
        return made

    monkeypatch.setattr(world.store, "claim", claimed)

    with pytest.raises(TransientError, match="too many wrote to this order at once"):
        world.run(generate_invoice, INVOICE)


def test_what_was_taken_back_is_written_down_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ready(world)
    world.run(generate_invoice, INVOICE)
    world.store.save(progress.canceled(world.at_present(), now=world.clock(), because="test"))
    crowd = Crowd(world, monkeypatch)
    crowd.saves = 12
    with retry_budget(Context("undo")):
        world.undo(generate_invoice, INVOICE)

    assert world.action(INVOICE).state is ActionState.UNDONE
