"""A queue that cannot be deployed is refused, naming the place, the reason and the cure."""

from typing import Any

import pytest

from lambdas.contracts.draft import DEFAULT_OWNER
from lambdas.orders.decisions.lead import lead_expiry
from lambdas.orders.decisions.operator import restart
from lambdas.orders.model.queue import Action, load_queues
from lambdas.orders.model.teams import load_teams
from statemachines.checks import QueueError, check
from statemachines.modules import read_modules
from tests.support.build import a_queue

MODULES = read_modules()
LEADS = {"id": 1, "name": "Leads", "expires_after_days": 30}
COMPLETE, CANCELED = {"id": 3, "name": "Complete"}, {"id": 4, "name": "Canceled"}


def action(number: int, **changes: Any) -> dict[str, Any]:
    return {"id": number, "name": f"Action {number}", "module": "add_services", "automatic": True, **changes}


def processing(*actions: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"id": 2, "name": "Processing", "actions": list(actions), **changes}


def problems(*steps: dict[str, Any]) -> str:
    with pytest.raises(QueueError) as refused:
        check(a_queue(steps=list(steps)), MODULES)
    return str(refused.value)


def problems_of(*actions: dict[str, Any]) -> str:
    return problems(LEADS, processing(*actions), COMPLETE, CANCELED)


@pytest.mark.parametrize("queue", load_queues().values(), ids=lambda queue: queue.key)
def test_every_queue_here_keeps_the_rules(queue: Any) -> None:
    check(queue, MODULES)


def test_a_refusal_names_the_file_and_everything_that_is_wrong() -> None:
    text = problems({"id": 1, "name": "Leads"}, processing(action(21, module="nope"), action(21)), COMPLETE, CANCELED)

    assert text.startswith("statemachines/a_queue/queue.toml:")
    assert len(text.splitlines()) == 4


def test_a_lead_must_not_wait_for_ever() -> None:
    text = problems({"id": 1, "name": "Leads"}, processing(), COMPLETE, CANCELED)

    assert "step 1 Leads needs expires_after_days" in text


@pytest.mark.parametrize("fixed", [0, 2, 3])
def test_a_fixed_step_runs_no_actions(fixed: int) -> None:
    steps = [LEADS, processing(), COMPLETE, CANCELED]
    steps[fixed] = {**steps[fixed], "actions": [action(21)]}

    assert f"step {steps[fixed]['id']} {steps[fixed]['name']} is fixed and runs no actions" in problems(*steps)


@pytest.mark.parametrize(
    ("sender", "is_one"), [("orders@example.com", True), ("", True), ("orders", False), ("a@b, c@d", False)]
)
def test_whoever_mails_the_links_has_an_address(sender: str, is_one: bool) -> None:
    queue = next(iter(load_queues().values())).model_copy(update={"sendlink_from": sender})
    if is_one:
        check(queue, MODULES)
    else:
        with pytest.raises(QueueError, match="sendlink_from must be one e-mail address"):
            check(queue, MODULES)


def test_each_step_has_a_name_of_its_own() -> None:
    assert "2 steps are called Leads" in problems(LEADS, processing(name="Leads"), COMPLETE, CANCELED)


def test_step_ids_are_unique() -> None:
    assert "step id 1 is used 2 times" in problems(LEADS, processing(id=1), COMPLETE, CANCELED)


def test_action_ids_are_unique() -> None:
    assert "action id 21 is used 2 times" in problems_of(action(21), action(21))


def test_a_module_needs_a_file() -> None:
    text = problems_of(action(21, module="send_pigeon"))

    assert "send_pigeon, which has no file" in text
    assert all(name in text for name in MODULES)


def test_the_frame_is_no_module() -> None:
    assert {"add_services", "generate_invoice", "provision_client"} <= MODULES.keys()
    assert not any(name.startswith("_") for name in MODULES)


def test_a_prereq_must_exist() -> None:
    assert "action 21 Action 21 needs action 99, which no step has" in problems_of(action(21, prereqs=[99]))


def test_a_prereq_may_be_listed_anywhere_in_its_step() -> None:
    check(a_queue(steps=[LEADS, processing(action(21, prereqs=[22]), action(22)), COMPLETE, CANCELED]), MODULES)


def test_a_prereq_of_a_later_step_cannot_be_waited_for() -> None:
    later = {"id": 5, "name": "Later", "actions": [action(51)]}
    text = problems(LEADS, processing(action(21, prereqs=[51])), later, COMPLETE, CANCELED)

    assert "action 21 Action 21 needs action 51 Action 51 of a later step" in text


@pytest.mark.parametrize("around", [{21: [21]}, {21: [22], 22: [21]}, {21: [22], 22: [23], 23: [21]}])
def test_actions_cannot_need_each_other_in_a_circle(around: dict[int, list[int]]) -> None:
    text = problems_of(*(action(number, prereqs=prereqs) for number, prereqs in around.items()))

    assert "in a circle" in text
    assert all(f"action {number}" in text for number in around)


def test_what_is_required_cannot_need_what_is_optional() -> None:
    assert "action 22 Action 22 is required but needs" in problems_of(
        action(21, optional=True), action(22, prereqs=[21])
    )


def test_settings_fit_their_module() -> None:
    text = problems_of(action(21, config={"default_service_status": "secret"}))

    assert "action 21 Action 21: its config does not fit add_services: default_service_status" in text


def test_money_is_captured_once() -> None:
    text = problems_of(action(21, module="generate_invoice"), action(22, module="generate_invoice"))

    assert "both capture the one payment" in text


def test_what_captures_money_is_required() -> None:
    assert "might stay held" in problems_of(action(21, module="generate_invoice", optional=True))


@pytest.mark.parametrize("step", [1, 2, 3])
def test_only_leads_expire(step: int) -> None:
    steps = [LEADS, processing(), COMPLETE, CANCELED]
    steps[step] = {**steps[step], "expires_after_days": 1}

    assert "cannot expire, only Leads can" in problems(*steps)


def test_a_prereq_of_an_earlier_step_is_fine() -> None:
    later = {"id": 5, "name": "Later", "actions": [action(51, prereqs=[21])]}

    check(a_queue(steps=[LEADS, processing(action(21)), later, COMPLETE, CANCELED]), MODULES)


RESERVED = ["find_step", "first_round", "go_to_step", "no_such_step", "still_a_lead", "unwound", "complete_already"]


@pytest.mark.parametrize("name", [*RESERVED, "leave_2"])
def test_a_step_cannot_have_the_name_of_another_state(name: str) -> None:
    taken = [
        action(21),
        action(22, module="manual_check_off", automatic=False, config={"text": "x"}),
        action(23, module="generate_invoice", prereqs=[21, 22]),
        action(24, module="provision_client", optional=True),
    ]

    assert f"cannot be called {name}" in problems(LEADS, processing(*taken, name=name), COMPLETE, CANCELED)


def test_an_action_gives_way_to_a_step_that_has_the_name_of_one_of_its_states() -> None:
    for name in ("Action 21", "Action 21: wait", "Action 21: undo: wait", "Action 21: prereqs"):
        check(a_queue(steps=[LEADS, processing(action(21), name=name), COMPLETE, CANCELED]), MODULES)


def test_a_step_cannot_have_the_name_that_an_action_took_to_give_way() -> None:
    steps = (LEADS, processing(action(21), name="Action 21"), {**COMPLETE, "name": "Action 21 (21)"}, CANCELED)

    assert "a step cannot be called Action 21 (21)" in problems(*steps)


@pytest.mark.parametrize("name", ["Check\x07", "Check\u202e", "\u2028"])
def test_a_step_has_a_name_that_can_be_printed(name: str) -> None:
    assert "characters that cannot be printed" in problems(LEADS, processing(name=name), COMPLETE, CANCELED)


def test_no_name_is_filled_in_by_a_deployment() -> None:
    text = problems(LEADS, processing(action(21, name="${add_services}"), name="${OrderTable}"), COMPLETE, CANCELED)

    assert "the step name ${OrderTable} holds ${" in text
    assert "the action name ${add_services} holds ${" in text


def test_a_step_name_fits_into_a_state_name() -> None:
    """Step Functions takes 80 characters: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html"""
    assert "80" in problems(LEADS, processing(action(21), name="x" * 81), COMPLETE, CANCELED)


def test_a_queue_needs_a_step_between_leads_and_complete() -> None:
    fixed = [{"id": 1, "name": "Leads", "expires_after_days": 30}, {"id": 3, "name": "Done"}, {"id": 4, "name": "Off"}]

    with pytest.raises(QueueError, match="no step between Leads and Complete"):
        check(a_queue(steps=fixed), {})


def test_what_waits_waits_for_a_team_that_exists() -> None:
    text = problems_of(action(21, owner="finanse"))

    assert "action 21 Action 21 has the owner finanse, which is no team: did you mean finance?" in text
    assert "statemachines/teams.toml" in text
    assert "fraud lead" in text
    with pytest.raises(QueueError, match="has the owner operations, which is no team"):
        check(a_queue(), MODULES, {})


def test_every_owner_that_code_names_is_a_team_here() -> None:
    of_modules = {Action(id=1, name="x", module=name).owner for name in MODULES}

    assert of_modules | {lead_expiry.OWNER, restart.OWNER, DEFAULT_OWNER} <= set(load_teams())


@pytest.mark.parametrize(
    "asking",
    [
        {"module": "client_approval", "config": {"text": "The design."}},
        {"module": "simple_question", "config": {"client_answers": True, "questions": [{"question": "When?"}]}},
    ],
)
def test_a_client_sees_what_they_are_asked(asking: dict[str, Any]) -> None:
    assert "asks the client, who does not see it" in problems_of(action(21, **asking))
    assert "asks the client" not in problems_of(action(21, client_viewable=True, **asking), action(22, module="nope"))


def test_staff_are_asked_only_what_has_an_answer() -> None:
    questions = {"questions": [{"question": "When?"}]}

    assert "a question needs an answer" in problems_of(action(21, module="simple_question", config=questions))
