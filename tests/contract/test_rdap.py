"""What registries answer over RDAP, and what is made of it, over real HTTP to this machine."""

from collections.abc import Iterator

import pytest

from lambdas.registrar.bootstrap import KEPT_SECONDS, RETRY_SECONDS, Bootstrap
from lambdas.registrar.lookups import Lookups
from lambdas.registrar.rdap import RdapRegistrar
from lambdas.registrar.registrar import Standing
from tests.stand_ins.answers import Answers, served_answers
from tests.support.build import Clock

FILE = "/rdap/dns.json"
DOMAIN = {"objectClassName": "domain", "ldhName": "TAKEN.COM"}


@pytest.fixture
def registry() -> Iterator[Answers]:
    with served_answers() as answers:
        answers.says[FILE] = 200, bootstrap(answers)
        yield answers


def bootstrap(registry: Answers) -> dict[str, object]:
    services = [
        [["com", "net"], ["ftp://elsewhere.example/", f"{registry.url}/com/"]],
        [["co.uk"], [f"{registry.url}/co.uk"]],  # without a slash at its end, as some are
        [["uk"], [f"{registry.url}/uk/"]],
        [["org"], ["gopher://registry.example/"]],
    ]
    return {"version": "1.0", "services": services}


def registrar(registry: Answers, clock: Clock | None = None) -> RdapRegistrar:
    return RdapRegistrar(Bootstrap(registry.url + FILE, now=clock or Clock()))


def test_a_name_that_its_registry_has_is_taken_and_one_that_it_has_not_is_free(registry: Answers) -> None:
    registry.says["/com/domain/taken.com"] = 200, DOMAIN
    asked = registrar(registry)

    assert (asked.ask("taken.com"), asked.ask("new.net")) == (Standing.TAKEN, Standing.FREE)
    assert registry.asked == [FILE, "/com/domain/taken.com", "/com/domain/new.net"]


def test_the_longest_ending_that_fits_counts(registry: Answers) -> None:
    registry.says["/co.uk/domain/taken.co.uk"] = 200, DOMAIN

    assert registrar(registry).ask("taken.co.uk") is Standing.TAKEN


@pytest.mark.parametrize(
    "answer",
    [
        (429, {"errorCode": 429}),
        (500, {}),
        (503, b""),
        (302, {}),
        (400, {}),
        (403, b"<html>"),
        (200, b"<html>Are you a robot?"),
        (200, {"objectClassName": "help"}),
        (200, []),
        (200, b"[" * 100_000),
    ],
)
def test_what_says_nothing_of_the_name_is_never_free(registry: Answers, answer: tuple[int, object]) -> None:
    registry.says["/com/domain/name.com"] = answer

    assert registrar(registry).ask("name.com") is Standing.UNKNOWN


@pytest.mark.parametrize("name", ["name.org", "name.zz"])
def test_an_ending_without_a_safe_server_is_unknown_and_nobody_is_asked(registry: Answers, name: str) -> None:
    assert registrar(registry).ask(name) is Standing.UNKNOWN
    assert registry.asked == [FILE]


def test_without_iana_nothing_is_known_and_what_was_known_stays_good(registry: Answers) -> None:
    clock = Clock()
    asked = registrar(registry, clock)
    registry.says[FILE] = 503, b""
    assert asked.ask("a.com") is Standing.UNKNOWN
    registry.says[FILE] = 200, bootstrap(registry)
    assert asked.ask("a.com") is Standing.UNKNOWN  # it is not asked again at once

    clock.time += RETRY_SECONDS
    assert asked.ask("a.com") is Standing.FREE
    registry.says[FILE] = 200, b"no json"
    clock.time += KEPT_SECONDS
    assert asked.ask("b.com") is Standing.FREE
    assert registry.asked.count(FILE) == 3


def test_a_registry_that_is_silent_holds_up_no_other(registry: Answers) -> None:
    registry.silent.add("/uk/domain/quiet.uk")

    found = Lookups(registrar(registry), patience_seconds=1).look_up(["quiet.uk", "new.com"])

    assert found == {"quiet.uk": Standing.UNKNOWN, "new.com": Standing.FREE}


def test_a_registry_that_is_away_is_unknown(registry: Answers) -> None:
    asked = registrar(registry)
    asked.ask("a.com")
    gone = RdapRegistrar(Bootstrap("http://127.0.0.1:9/dns.json"))

    assert gone.ask("a.com") is Standing.UNKNOWN
