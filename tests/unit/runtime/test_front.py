"""Who would pass for another: headers count only with the proof of the front, and without it nothing is served."""

import json
from typing import Any

import pytest

from lambdas.runtime.front import KEPT_SECONDS, PROOF, SECRET, VIEWER, FrontSecrets, behind_front, guarded

SENT, ACCEPTED = "s" * 40, "a" * 40
EDGE, VICTIM, ATTACKER = "130.176.0.9", "198.51.100.10", "203.0.113.66"


class Secrets:
    """Secrets Manager with one secret."""

    def __init__(self, **values: str) -> None:
        self.values: dict[str, str] = values
        self.asked = 0
        self.fails = False

    def get_secret_value(self, **_: str) -> dict[str, str]:
        self.asked += 1
        if self.fails:
            raise ConnectionError("no answer")
        return {"SecretString": json.dumps(self.values)}


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Door:
    """A door behind a front. `seen`: the events that came in."""

    def __init__(self, **values: str) -> None:
        self.secrets, self.clock, self.seen = Secrets(**values), Clock(), list[dict[str, Any]]()
        self._handler = guarded(self._answer, FrontSecrets("arn", client=self.secrets, now=self.clock))

    def _answer(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        self.seen.append(event)
        return {"statusCode": 200, "context": context}

    def ask(self, source: str = EDGE, **headers: str) -> int:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        event = {"headers": named, "requestContext": {"http": {"method": "GET", "sourceIp": source}, "requestId": "r"}}
        return int(self._handler(event, "the context")["statusCode"])

    @property
    def source(self) -> str:
        return str(self.seen[-1]["requestContext"]["http"]["sourceIp"])


def proven(proof: str = SENT, viewer: str = f"{VICTIM}:46532", **more: str) -> dict[str, str]:
    return {PROOF: proof, VIEWER: viewer, **more}


def test_a_proven_request_is_the_viewers() -> None:
    door = Door(sent=SENT, accepted="")

    assert door.ask(**proven()) == 200
    assert door.source == VICTIM
    assert PROOF not in door.seen[-1]["headers"]


@pytest.mark.parametrize(
    "forged",
    [
        {},
        {VIEWER: f"{VICTIM}:1"},
        {"x-forwarded-for": VICTIM},
        {VIEWER: f"{VICTIM}:1", "x-forwarded-for": f"{VICTIM}, {EDGE}", "via": "2.0 abc.cloudfront.net (CloudFront)"},
        proven(""),
        proven(" "),
        proven("guess"),
        proven(SENT[:-1]),
        proven(SENT + "s"),
        proven(SENT.upper()),
        proven(f"{SENT},{ACCEPTED}"),
        proven("\u00e9" * 40),
    ],
)
@pytest.mark.parametrize("accepted", ["", ACCEPTED])
def test_forged_headers_without_the_proof_open_nothing(forged: dict[str, str], accepted: str) -> None:
    door = Door(sent=SENT, accepted=accepted)

    assert door.ask(ATTACKER, **forged) == 403
    assert door.seen == []


@pytest.mark.parametrize("values", [{}, {"sent": "", "accepted": ""}, {"sent": "short", "accepted": "x"}])
def test_a_secret_that_is_empty_or_short_proves_nobody(values: dict[str, str]) -> None:
    door = Door(**values)

    assert {door.ask(**proven(proof)) for proof in ("", "short", "x", "None")} == {403}


def test_x_forwarded_for_never_counts() -> None:
    door = Door(sent=SENT)

    door.ask(**proven(**{"x-forwarded-for": f"{ATTACKER}, {EDGE}"}))
    assert door.source == VICTIM


@pytest.mark.parametrize(
    ("viewer", "source"),
    [
        ("198.51.100.10:46532", "198.51.100.10"),
        ("2001:db8:0:0:0:0:0:1:46532", "2001:db8::1"),
        ("2001:0DB8::1:46532", "2001:db8::1"),
        ("[2001:db8::1]:46532", "2001:db8::1"),
        ("", EDGE),
        ("198.51.100.10", EDGE),
        ("a name:1", EDGE),
        ("198.51.100.10, 203.0.113.66:1", EDGE),
    ],
)
def test_the_viewers_address_has_one_form_and_what_is_none_counts_as_the_fronts(viewer: str, source: str) -> None:
    """One person counts as one, however the address is written."""
    door = Door(sent=SENT)

    door.ask(**proven(viewer=viewer))
    assert door.source == source


def test_two_secrets_are_valid_while_one_follows_the_other() -> None:
    door = Door(sent=SENT, accepted=ACCEPTED)

    assert [door.ask(**proven(proof)) for proof in (SENT, ACCEPTED)] == [200, 200]


def test_a_new_secret_counts_at_once_and_an_old_one_for_minutes_at_most() -> None:
    door = Door(sent=SENT)
    assert door.ask(**proven()) == 200
    door.secrets.values = {"sent": ACCEPTED}
    door.clock.now += 60

    assert door.ask(**proven(ACCEPTED)) == 200
    door.clock.now += KEPT_SECONDS + 1
    assert door.ask(**proven(SENT)) == 403


def test_guesses_do_not_ask_for_the_secret_each_time() -> None:
    door = Door(sent=SENT)

    assert {door.ask(**proven(f"{number:040}")) for number in range(100)} == {403}
    assert door.secrets.asked == 1


def test_without_secrets_manager_what_was_known_counts_and_a_new_process_says_that_it_is_not_ready() -> None:
    door, fresh = Door(sent=SENT), Door(sent=SENT)
    assert door.ask(**proven()) == 200
    door.secrets.fails = fresh.secrets.fails = True
    door.clock.now += KEPT_SECONDS + 1

    assert door.ask(**proven()) == 200
    assert door.ask(**proven("guess")) == 403
    assert fresh.ask(**proven()) == 503
    assert fresh.seen == []


def test_a_stage_without_a_front_is_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        return {"statusCode": 200}

    monkeypatch.delenv(SECRET, raising=False)
    assert behind_front(handler) is handler
    monkeypatch.setenv(SECRET, "arn")
    assert behind_front(handler) is not handler
