"""A queue whose notices could reach nobody, or the wrong one, is refused, naming the place, the reason and the cure."""

from pathlib import Path
from typing import Any

import pytest

from lambdas.orders.model.notify import bus_events_of, rules_of
from lambdas.orders.model.queue import Queue, QueueFileError
from lambdas.orders.model.teams import Team
from statemachines.checks import QueueError, check
from statemachines.modules import read_modules
from tests.support.build import a_queue

TEAMS = {name: Team(name=name, emails=(f"{name}@example.com",)) for name in ("operations", "finance")}


def problem_of(teams: dict[str, Team] | None = None, **rule: Any) -> str:
    with pytest.raises(QueueError) as refused:
        check(a_queue(notify=[{"event": "overdue", **rule}]), read_modules(), teams or TEAMS)
    return str(refused.value)


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ({"team": "finnance"}, "team: finnance is no team: did you mean finance? name one of statemachines/teams.toml"),
        ({"emails": ["the boss"]}, "emails: the boss is no e-mail address; write one such as"),
        ({"webhook": "http://chat.example.com/x"}, "webhook: must be an address such as {chat}/orders"),
        ({"webhook": "https://user@chat.example.com/x"}, "webhook: must be an address"),
        ({"webhook": "https://hooks.slack.com/services/T0/B0/secret"}, "name it in the stage's webhook_bases"),
        ({}, "name somebody"),
        ({"off": True, "team": "finance"}, "off turns the default notice off and cannot name recipients"),
        ({"team": "finance", "when": {"step": "Packing"}}, "when.step: Packing is no step of this queue; write one of"),
        ({"team": "finance", "when": {"module": "ship"}}, "when.module: ship is no module of this queue"),
        ({"team": "finance", "when": {"owner": "ghosts"}}, "when.owner: ghosts is no owner of this queue"),
    ],
)
def test_a_rule_that_tells_nobody_is_refused(rule: dict[str, Any], says: str) -> None:
    text = problem_of(**rule)

    assert text.startswith("statemachines/a_queue/queue.toml:\n  - [[notify]] number 1, overdue: ")
    assert says in text


def test_a_queue_has_an_owner_that_exists_and_no_team_is_called_owner() -> None:
    with pytest.raises(QueueError, match="owner: operatons is no team: did you mean operations"):
        check(a_queue(owner="operatons"), read_modules(), TEAMS)
    with pytest.raises(QueueError, match="a team cannot be called owner"):
        check(a_queue(), read_modules(), {**TEAMS, "owner": Team(name="owner")})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[notify]]\nevent = "overdo"', "notify.1.event: Input should be 'new order', "),
        ('[[notify]]\nevent = "overdue"\nteams = "finance"', "notify.1.teams is no setting of a queue; remove it"),
        ('[[notify]]\nevent = "overdue"\nwhen = { total = 5 }', "notify.1.when.total is no setting of a queue"),
        ("[[notify]\n", "is not TOML"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_by_name(tmp_path: Path, text: str, says: str) -> None:
    folder = tmp_path / "hosting"
    folder.mkdir()
    steps = "".join(f'[[steps]]\nid = {number}\nname = "{number}"\n' for number in (1, 2, 3))
    head = 'order_queue_id = 1\nname = "Hosting"\nbrand_id = 1\n'
    (folder / "queue.toml").write_text(f"{head}{text}\n{steps}", "utf-8")

    with pytest.raises(QueueFileError) as refused:
        Queue.read(folder)
    assert str(refused.value).startswith("statemachines/hosting/queue.toml:\n  - ")
    assert says in str(refused.value)


def test_a_good_rule_passes_and_changes_no_order_under_way() -> None:
    """Who is told is read from the deployed queue: an order still has the definition it was made from."""
    rules = [
        {"event": "failed", "emails": ["watch@example.com"], "when": {"module": "add_services", "priority_from": 2}},
        {"event": "overdue", "webhook": "{chat}"},
    ]
    queue = a_queue(notify=rules)
    check(queue, read_modules(), TEAMS)

    assert queue.content_hash == a_queue().content_hash == a_queue(owner="finance").content_hash


def test_every_queue_tells_its_teams_of_what_needs_them_and_can_turn_each_off() -> None:
    assert {rule.event for rule in rules_of(())} == {
        "new order", "waiting", "overdue", "failed", "stopped", "canceled", "reply"
    }  # fmt: skip
    quiet = a_queue(notify=[{"event": "new order", "off": True}])

    assert "new order" not in {rule.event for rule in rules_of(quiet.notify)}
    assert "OrderSubmitted" not in bus_events_of(quiet.notify)
    assert "OrderSubmitted" in bus_events_of(())
    assert "OrderCompleted" not in bus_events_of(())
