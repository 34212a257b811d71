"""Queues are read from their files; a step's status follows from its place."""

from pathlib import Path

import pytest
from hypothesis import given
from pydantic import ValidationError

from lambdas.orders.model.queue import Queue, QueueFileError, load_queues
from lambdas.orders.model.steps import StepStatus
from tests.support.build import a_queue
from tests.support.trees import queues

FILE = """
order_queue_id = {id}
name = "Queue"
brand_id = 1
{more}
[[steps]]
id = 1
name = "Interested"
[[steps]]
id = 2
name = "Sold"
[[steps]]
id = 3
name = "Lost"
"""


def write(root: Path, key: str, number: int, more: str = "") -> None:
    (root / key).mkdir()
    (root / key / "queue.toml").write_text(FILE.format(id=number, more=more))


@given(queues())
def test_the_first_and_the_last_two_steps_are_fixed_whatever_they_are_called(queue: Queue) -> None:
    statuses = [step.status for step in queue.steps]

    assert statuses == [
        StepStatus.LEADS,
        *[StepStatus.ORDINARY] * len(queue.ordinary_steps),
        StepStatus.COMPLETE,
        StepStatus.CANCELED,
    ]


def test_queues_are_found_by_their_id(tmp_path: Path) -> None:
    write(tmp_path, "one", 1)
    write(tmp_path, "two", 2)

    assert {number: queue.key for number, queue in load_queues(tmp_path).items()} == {1: "one", 2: "two"}


def test_two_queues_of_one_id_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "one", 1)
    write(tmp_path, "two", 1)

    with pytest.raises(ValueError, match="order_queue_id 1 already belongs to queue one"):
        load_queues(tmp_path)


def test_a_word_that_no_queue_has_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "one", 1, more='colour = "red"')

    with pytest.raises(QueueFileError, match="colour is no setting of a queue"):
        load_queues(tmp_path)


def test_a_queue_has_at_least_its_three_fixed_steps() -> None:
    with pytest.raises(ValidationError, match="steps"):
        a_queue(steps=[{"id": 1, "name": "Leads"}, {"id": 2, "name": "Complete"}])


def test_the_content_hash_names_the_definition() -> None:
    assert a_queue().content_hash == a_queue().content_hash
    assert a_queue().content_hash != a_queue(name="Renamed").content_hash
