"""`order pause`, `order resume` and `order pauses`: what stops many orders is shown first, and done with --execute alone."""

import json

import pytest

from tests.unit.api.bulk.conftest import desk
from tests.unit.api.conftest import caller
from tests.unit.order_cli.test_order_cli import _OverTheApi, api, order

__all__ = ["api", "caller", "desk"]

PAUSE = ("pause", "--module", "call_webhook", "--minutes", "60", "--reason", "its receiver is down")
RESUME = ("resume", "--module", "call_webhook")


def paused(api: _OverTheApi) -> list[str]:
    found = api.desk.caller.call("order.pause_list", {}).body["pauses"]
    return [each["name"] for each in found if not each["over_at"]]


@pytest.mark.parametrize("command", [PAUSE, RESUME])
def test_what_stops_or_starts_many_orders_does_nothing_without_execute(
    api: _OverTheApi, command: tuple[str, ...]
) -> None:
    if command is RESUME:
        order(*PAUSE, "--execute", "--yes")
    before = paused(api)

    shown = order(*command)

    assert shown.exit_code == 0, shown.output
    assert "module call_webhook" in shown.output
    assert "nothing was done; --execute" in shown.output
    assert paused(api) == before


def test_a_pause_is_asked_for_and_shown_and_ends_with_a_resume(api: _OverTheApi) -> None:
    no = order(*PAUSE, "--execute", answer="n\n")
    assert (no.exit_code, paused(api)) == (1, [])

    yes = order(*PAUSE, "--execute", answer="y\n")
    assert yes.exit_code == 0, yes.output
    assert paused(api) == ["call_webhook"]
    assert "its receiver is down" in order("pauses").output

    over = order(*RESUME, "--execute", "--yes", "--json")
    assert (over.exit_code, json.loads(over.stdout)["over_by"]) == (0, "web")
    assert paused(api) == []


def test_a_pause_is_prolonged_by_its_id(api: _OverTheApi) -> None:
    made = json.loads(order(*PAUSE, "--execute", "--yes", "--json").stdout)
    assert made["pause_id"] in order("pauses", "--json").output
    longer = ("pause", "--module", "call_webhook", "--minutes", "90", "--reason", "still down")
    assert order(*longer, "--execute", "--yes").exit_code == 1

    shown = order(*longer, "--pause-id", made["pause_id"])
    assert f"would let the pause {made['pause_id']} of module call_webhook end in 90 minutes" in " ".join(
        shown.output.split()
    )
    done = json.loads(order(*longer, "--pause-id", made["pause_id"], "--execute", "--yes", "--json").stdout)
    assert (done["pause_id"], done["reason"], done["revision"]) == (made["pause_id"], "still down", 2)


def test_a_queue_and_the_gateway_are_paused_by_their_options(api: _OverTheApi) -> None:
    for option in (("--queue", "1"), ("--gateway", "sandbox")):
        made = order("pause", *option, "--minutes", "5", "--reason", "stocktaking", "--execute", "--yes")
        assert made.exit_code == 0, made.output
    assert sorted(paused(api)) == ["1", "sandbox"]


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (("pause", "--minutes", "5", "--reason", "x"), "name one of"),
        (("pause", "--queue", "1", "--module", "call_webhook", "--minutes", "5", "--reason", "x"), "name one of"),
        (("pause", "--queue", "1", "--minutes", "5"), "--reason"),
        (("pause", "--queue", "1", "--reason", "x"), "--minutes"),
        (("resume",), "name one of"),
    ],
)
def test_a_command_line_that_is_wrong_ends_with_2_and_asks_the_api_nothing(
    api: _OverTheApi, command: tuple[str, ...], says: str
) -> None:
    refused = order(*command, "--execute", "--yes")

    assert refused.exit_code == 2
    assert says in refused.output
    assert api.called == []


def test_a_refusal_of_the_api_ends_with_1(api: _OverTheApi) -> None:
    refused = order("pause", "--module", "nonsense", "--minutes", "5", "--reason", "x", "--execute", "--yes")

    assert refused.exit_code == 1
    assert refused.stderr.startswith("refused (")
