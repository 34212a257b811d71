"""Every world that can come of a first one, and what leads where."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tests.model.moves import by_itself, only_move
from tests.model.people import disturbed, served
from tests.model.world import Model, World


@dataclass
class Search:
    """`worlds` by number; `before`: the numbers of the worlds that lead to one, by themselves or when what waits is served."""

    model: Model
    worlds: list[World] = field(default_factory=list)
    still: list[int] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    by_itself: list[list[int]] = field(default_factory=list)
    helped: list[list[int]] = field(default_factory=list)
    numbers: dict[World, int] = field(default_factory=dict)
    came_from: list[int] = field(default_factory=list)
    at: int = -1

    def number(self, world: World) -> int:
        number = self.numbers.get(world)
        if number is None:
            number = self.numbers[world] = len(self.worlds)
            self.worlds.append(world)
            self.came_from.append(self.at)
            self.by_itself.append([])
            self.helped.append([])
        return number

    def go(
        self, starts: Iterable[World], look: Callable[[World], None], *, most: int, last_step: int | None = None
    ) -> None:
        """Breadth first, so that what is found is found on a shortest way. `last_step`: orders beyond it are not followed."""
        for start in starts:
            self.number(start)
        while (at := self.at + 1) < len(self.worlds):
            self.at = at
            assert at < most, "the model has grown too large to be looked through"
            world = self.worlds[at]
            look(world)
            if last_step is not None and _is_beyond(world, last_step):
                self.left.append(at)
            else:
                self._follow(at, world)

    def _follow(self, at: int, world: World) -> None:
        only = only_move(self.model, world)
        further = [self.number(after) for after in (by_itself(self.model, world) if only is None else only)]
        for number in further:
            self.by_itself[number].append(at)
        if all(number == at for number in further):
            self.still.append(at)
        if only is None:
            for after in served(self.model, world):
                self.helped[self.number(after)].append(at)
            for after in disturbed(self.model, world):
                self.number(after)

    def never_reaching(self, goals: list[int], *, helped: bool) -> list[World]:
        """The worlds from which none of the goals can be reached any more without a disturbance."""
        reached, todo = set(goals), list(goals)
        while todo:
            at = todo.pop()
            for before in (*self.by_itself[at], *(self.helped[at] if helped else ())):
                if before not in reached:
                    reached.add(before)
                    todo.append(before)
        return [world for number, world in enumerate(self.worlds) if number not in reached]

    def way_to(self, world: World) -> list[World]:
        """A shortest way from the first world."""
        at, way = self.numbers[world], [world]
        while (at := self.came_from[at]) >= 0:
            way.insert(0, self.worlds[at])
        return way


def _is_beyond(world: World, step_id: int) -> bool:
    order = world.order.order
    places = [step.step_id for step in order.checklist_steps]
    return not order.is_final and places.index(order.step_id) > places.index(step_id)
