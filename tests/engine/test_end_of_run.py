"""What a run of the tests started ends with it, also when it is killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from infra.local.panel.process import LocalPanel
from infra.local.process import ProcessError
from tests.support.shared import Ending, end_all

KILLED_RUN = """
import sys, time
from pathlib import Path
from infra.local.panel.process import LocalPanel
from tests.support.shared import Ending
run = Path(sys.argv[1])
Ending(run)
LocalPanel.start(run / "shared", run / "stack.json")
print("started", flush=True)
time.sleep(600)
"""


def ends(panel: LocalPanel) -> bool:
    deadline = time.monotonic() + 60
    while LocalPanel.attach(panel.root) is not None:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_a_killed_run_leaves_nothing_running(tmp_path: Path) -> None:
    run = subprocess.Popen(
        [sys.executable, "-c", KILLED_RUN, str(tmp_path)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    with run:
        assert run.stdout
        assert run.stdout.readline() == b"started\n"
        panel = LocalPanel.attach(tmp_path / "shared")
        assert panel is not None
        os.kill(run.pid, signal.SIGKILL)

        assert ends(panel)


def test_a_run_that_ends_by_itself_leaves_nothing_running(tmp_path: Path) -> None:
    ending = Ending(tmp_path)
    panel = LocalPanel.start(tmp_path / "deep" / "down", tmp_path / "stack.json")

    ending.now()

    assert LocalPanel.attach(panel.root) is None
    panel.stop()  # waits for its child


def test_what_has_ended_already_and_what_is_no_process_is_passed_over(tmp_path: Path) -> None:
    panel = LocalPanel.start(tmp_path / "one", tmp_path / "stack.json")
    panel.stop()
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / "engine.json").write_text("{}")
    try:
        end_all(tmp_path)
    except ProcessError as error:
        pytest.fail(str(error))
