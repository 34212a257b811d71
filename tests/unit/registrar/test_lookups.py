"""Names are looked up side by side, within a moment, and once."""

from threading import Event

import pytest

from lambdas.registrar.lookups import KEPT_SECONDS, Lookups, lookups_of
from lambdas.registrar.registrar import Standing
from lambdas.registrar.sandbox import SandboxRegistrar
from tests.support.build import Clock

FREE, TAKEN, UNKNOWN = Standing.FREE, Standing.TAKEN, Standing.UNKNOWN


class Registry:
    """Says what it is told; names that it has not are free, and those that wait are answered when it is let go."""

    def __init__(self, **says: Standing) -> None:
        self.says, self.asked = {f"{label}.com": standing for label, standing in says.items()}, list[str]()
        self.let_go, self.waiting = Event(), set[str]()

    def ask(self, name: str) -> Standing:
        self.asked.append(name)
        if name in self.waiting:
            self.let_go.wait()
        if name == "broken.com":
            raise RuntimeError("a fault of the adapter")
        return self.says.get(name, FREE)


def test_each_name_is_asked_once_and_again_after_a_while() -> None:
    registry, clock = Registry(a=TAKEN), Clock()
    lookups = Lookups(registry, now=clock)

    assert lookups.look_up(["a.com", "b.com", "a.com"]) == {"a.com": TAKEN, "b.com": FREE}
    assert sorted(registry.asked) == ["a.com", "b.com"]
    assert lookups.look_up(["a.com"]) == lookups.known(["a.com", "c.com"]) == {"a.com": TAKEN}
    assert len(registry.asked) == 2
    clock.time += KEPT_SECONDS
    assert lookups.known(["a.com"]) == {}
    assert lookups.look_up(["a.com"]) == {"a.com": TAKEN}
    assert len(registry.asked) == 3


def test_what_could_not_be_found_out_is_unknown_and_asked_again() -> None:
    registry = Registry(a=UNKNOWN)
    lookups = Lookups(registry)

    for _ in range(2):
        assert lookups.look_up(["a.com", "broken.com"]) == {"a.com": UNKNOWN, "broken.com": UNKNOWN}
    assert len(registry.asked) == 4


def test_a_late_answer_is_unknown_and_known_the_next_time() -> None:
    registry = Registry(slow=TAKEN)
    registry.waiting.add("slow.com")
    lookups = Lookups(registry, patience_seconds=0.05)

    assert lookups.look_up(["slow.com"]) == {"slow.com": UNKNOWN}
    registry.let_go.set()
    while not lookups.known(["slow.com"]):
        pass
    assert lookups.look_up(["slow.com"]) == {"slow.com": TAKEN}
    assert registry.asked == ["slow.com"]


@pytest.mark.parametrize(
    ("name", "standing"),
    [
        ("ada.com", FREE),
        ("taken-already.org", TAKEN),
        ("google.com", TAKEN),
        ("premium.net", Standing.PREMIUM),
        ("unknown.com", UNKNOWN),
        ("late.com", FREE),
    ],
)
def test_the_sandbox_answers_by_the_name(name: str, standing: Standing) -> None:
    slept: list[float] = []

    assert SandboxRegistrar(slept.append).ask(name) is standing
    assert bool(slept) == name.startswith("late")


def test_a_stage_without_a_registrar_knows_nothing() -> None:
    assert lookups_of("nobody").look_up(["ada.com"]) == {"ada.com": UNKNOWN}
    assert lookups_of("sandbox").look_up(["ada.com"]) == {"ada.com": FREE}
