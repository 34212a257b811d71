"""The pictures in docs/queues: what the queues say, and nothing a name could make of them."""

import json
from pathlib import Path

import pytest
from hypothesis import given

from lambdas.orders.model.queue import QUEUES_ROOT, Queue, load_queues
from statemachines import diagram
from tests.support.build import a_queue
from tests.support.trees import queues


def a_queue_with(*actions: dict[str, object]) -> Queue:
    steps = [
        {"id": 1, "name": "Leads", "expires_after_days": 30},
        {"id": 2, "name": "Processing", "actions": actions},
        {"id": 3, "name": "Complete"},
        {"id": 4, "name": "Canceled"},
    ]
    return a_queue(steps=steps)


def lines_of(queue: Queue) -> list[str]:
    return [line.strip() for line in diagram.flowchart(queue).splitlines()]


def test_what_is_checked_in_is_what_the_queues_give() -> None:
    assert diagram.stale(diagram.pages(load_queues()), diagram.DOCS) == [], "run `make diagram`"


def test_an_owners_queues_are_drawn_in_the_owners_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ours are left as they are, and no page of the owner's names a file that the owner does not have."""
    before = {file: file.read_text("utf-8") for file in diagram.DOCS.glob("*.md")}
    queue = (QUEUES_ROOT / "new_accounts" / "queue.toml").read_text("utf-8")
    (tmp_path / "queues" / "mail_accounts").mkdir(parents=True)
    (tmp_path / "queues" / "mail_accounts" / "queue.toml").write_text(queue, "utf-8")
    monkeypatch.setenv("STAGES", str(tmp_path))

    assert diagram.main(["--check"]) == 1
    assert diagram.main([]) == 0
    assert diagram.main(["--check"]) == 0

    (page,) = (tmp_path / "docs" / "queues").glob("*.md")
    assert "Drawn from `queues/mail_accounts/queue.toml`" in page.read_text("utf-8")
    assert str(page) in capsys.readouterr().out
    assert {file: file.read_text("utf-8") for file in diagram.DOCS.glob("*.md")} == before


@given(queues())
def test_the_same_queue_gives_the_same_picture(queue: Queue) -> None:
    again = Queue.model_validate(json.loads(queue.model_dump_json()))

    assert diagram.page_of(queue) == diagram.page_of(again)


@given(queues())
def test_every_step_action_and_prereq_is_drawn_once(queue: Queue) -> None:
    lines = lines_of(queue)

    boxes = sum(line.startswith("subgraph ") for line in lines)
    fixed = sum(line.endswith(":::fixed") for line in lines)
    nodes = sum(line.endswith((":::automatic", ":::by_hand")) for line in lines)
    arrows = [line for line in lines if " --> " in line]
    assert (boxes, fixed, nodes) == (len(queue.ordinary_steps), 3, len(queue.actions))
    assert arrows == [
        f"action_{needed} --> action_{action.id}" for action in queue.actions for needed in action.prereqs
    ]


def test_how_an_action_runs_is_seen_by_shape_and_class_and_who_acts_is_named() -> None:
    by_itself = {"id": 21, "name": "Add Services", "module": "add_services", "automatic": True}
    by_hand = {
        "id": 22,
        "name": "Call",
        "module": "manual_check_off",
        "optional": True,
        "owner": "sales",
        "due_hours": 4,
    }

    lines = lines_of(a_queue_with(by_itself, by_hand))

    assert (
        'action_21["<b>Add Services</b><br/>21 add_services<br/>automatic<br/>operations, 24 h"]:::automatic' in lines
    )
    assert 'action_22[/"<b>Call</b><br/>22 manual_check_off<br/>by hand, optional<br/>sales, 4 h"/]:::by_hand' in lines
    assert "class action_22 optional" in lines


def test_the_order_goes_through_the_steps_from_leads_to_complete() -> None:
    lines = lines_of(a_queue())

    assert [line for line in lines if "==>" in line] == ['step_1 ==>|"submit"| step_2', "step_2 ==> step_3"]
    assert 'step_1 -.->|"expiry"| step_4' in lines


@pytest.mark.parametrize("name", ['a"]:::b', "<script>", "`code`", "two\n    lines", "end", "#quot;", "a\\"])
def test_a_name_is_text_whatever_it_contains(name: str) -> None:
    line = next(
        line for line in lines_of(a_queue_with({"id": 21, "name": name, "module": "check"})) if "action_21[" in line
    )

    label = line.removeprefix('action_21[/"').removesuffix('"/]:::by_hand')
    inside = label.removeprefix("<b>").partition("</b><br/>")[0]
    assert not set(inside) & set('"<>`\\\n')
    assert label.endswith("21 check<br/>by hand<br/>operations, 24 h")


def test_check_names_what_differs_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert diagram.main([], tmp_path) == 0
    (tmp_path / "removed_queue.md").write_text("an old picture")
    (tmp_path / "new_accounts.md").write_text("another picture")

    assert diagram.main(["--check"], tmp_path) == 1

    said = capsys.readouterr().err
    assert f"{tmp_path}/new_accounts.md is not" in said
    assert f"{tmp_path}/removed_queue.md is not" in said
    assert (tmp_path / "new_accounts.md").read_text() == "another picture"
    assert diagram.main([], tmp_path) == 0
    assert diagram.main(["--check"], tmp_path) == 0
    assert not (tmp_path / "removed_queue.md").exists()
