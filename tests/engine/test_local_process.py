"""A process in the background: the stand-in panel started, found again and ended, as the engine is (test_local_engine.py)."""

import json
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from infra.local.loopback import free_port
from infra.local.panel.process import LocalPanel, PanelError
from infra.local.process import BackgroundProcess


@pytest.fixture
def panel(tmp_path: Path) -> Iterator[LocalPanel]:
    with LocalPanel.start(tmp_path, tmp_path / "stack.json") as panel:
        yield panel


def test_a_running_one_is_found_by_its_root_and_answers(panel: LocalPanel) -> None:
    found = LocalPanel.attach(panel.root)

    assert found is not None
    assert (found.pid, found.url) == (panel.pid, panel.url)
    assert httpx.get(found.url).json() == {"pid": panel.pid}


def test_one_that_was_stopped_by_another_process_leaves_its_log_only(panel: LocalPanel) -> None:
    found = LocalPanel.attach(panel.root)
    assert found is not None
    found.stop()

    assert LocalPanel.attach(panel.root) is None
    assert {path.name for path in panel.root.iterdir()} == {"panel.log", "panel.ports.json"}
    panel.stop()


def test_one_that_was_killed_comes_back_at_its_port(panel: LocalPanel) -> None:
    state = (panel.root / "panel.json").read_text()
    panel.stop()
    (panel.root / "panel.json").write_text(state)
    assert LocalPanel.attach(panel.root) is None

    with LocalPanel.start(panel.root, panel.root / "stack.json") as again:
        assert (again.port, again.pid != panel.pid) == (panel.port, True)


def test_a_failed_start_quotes_the_log_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setattr("infra.local.panel.process.free_port", lambda wanted: taken.getsockname()[1])
        with pytest.raises(PanelError, match=f"(?s)The panel ended while it started.*{tmp_path}/panel.log.*in use"):
            LocalPanel.start(tmp_path, tmp_path / "stack.json")
    assert {path.name for path in tmp_path.iterdir()} == {"panel.log", "panel.ports.json"}


def test_a_port_that_somebody_has_is_not_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert free_port(port) != port
    assert free_port(port) == port


@pytest.mark.parametrize("state", ["", "[]", "{}", '{"pid": 1, "token": "t", "ports": 8080}'])
def test_a_state_file_of_somebody_else_is_no_process(tmp_path: Path, state: str) -> None:
    (tmp_path / "panel.json").write_text(state)

    assert BackgroundProcess.attach(tmp_path, "panel") is None


def test_another_process_with_the_pid_is_not_ours(panel: LocalPanel, tmp_path: Path) -> None:
    state = json.loads((panel.root / "panel.json").read_text())
    (tmp_path / "other.json").write_text(json.dumps({**state, "token": "0" * 16}))

    assert BackgroundProcess.attach(tmp_path, "other") is None


MANY_THREADS = """
import sys, threading
for _ in range(40):
    threading.Thread(target=threading.Event().wait, daemon=True).start()
held = bytearray(50_000_000)
open("up", "w").close()
threading.Event().wait()
"""


def test_stopped_means_that_the_parent_sees_it_ended_too(tmp_path: Path) -> None:
    # Its threads end one after the other, and the first is a zombie while others still run.
    for _ in range(10):
        started = BackgroundProcess.start(
            tmp_path, "many", [sys.executable, "-c", MANY_THREADS], cwd=tmp_path, ports={}
        )
        started.wait_until((tmp_path / "up").exists, seconds=20)
        found = BackgroundProcess.attach(tmp_path, "many")
        assert found is not None
        found.stop()
        ended = not started.is_running()
        started.stop()
        assert ended
        (tmp_path / "up").unlink()
