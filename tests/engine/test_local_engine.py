"""Starting, finding and stopping the engine; and the corrections' own safeguards."""

import os
import re
import socket
import subprocess
from pathlib import Path

import boto3
import pytest

from infra.local.engine_process import REPOSITORY, EngineError, LocalEngine, engine_python
from tests.engine.cloud import Cloud


def test_account_is_the_engines_own(cloud: Cloud) -> None:
    assert cloud.client("sts").get_caller_identity()["Account"] == "000000000000"


def test_environment_is_enough_for_an_sdk(engine: LocalEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in engine.environment().items():
        monkeypatch.setenv(name, value)
    assert boto3.Session().client("sts").get_caller_identity()["Account"] == "000000000000"


def test_running_engine_is_found_by_its_root_and_started_once(engine: LocalEngine) -> None:
    found = LocalEngine.attach(engine.root)
    assert found is not None
    assert (found.pid, found.endpoint_url, found.front_url) == (engine.pid, engine.endpoint_url, engine.front_url)
    with pytest.raises(EngineError, match="make stop"):
        LocalEngine.start(engine.root)


def test_another_process_with_the_pid_is_not_the_engine(engine: LocalEngine, tmp_path: Path) -> None:
    state = (engine.root / "engine.json").read_text()
    (tmp_path / "engine.json").write_text(state.replace(str(engine.pid), str(os.getpid())))
    assert LocalEngine.attach(tmp_path) is None
    assert LocalEngine.attach(tmp_path / "nothing") is None


def test_failed_start_quotes_the_log_and_leaves_nothing(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            EngineError, match=f"(?s)ended while it started.*{tmp_path}/engine.log.*cannot listen on 127.0.0.1:{port}"
        ):
            LocalEngine.start(tmp_path, port=port)
    assert {path.name for path in tmp_path.iterdir()} == {"engine.log", "engine.ports.json"}


def test_reset_and_stop_leave_nothing(tmp_path: Path) -> None:
    started = LocalEngine.start(tmp_path)
    table = Cloud(started).table()
    started.reset()
    assert table not in Cloud(started).client("dynamodb").list_tables()["TableNames"]
    Cloud(started).invoke(Cloud(started).function("def handler(event, context): return 1"))
    assert (tmp_path / "tmp" / "state").is_dir()
    found = LocalEngine.attach(tmp_path)
    assert found is not None
    found.stop()
    assert not started.is_running()
    assert {path.name for path in tmp_path.iterdir()} == {"engine.log", "engine.ports.json"}
    assert living_processes(started.pid) == []
    found.stop()


def living_processes(group: int) -> list[str]:
    listed = subprocess.run(["ps", "-e", "-o", "pgid=,stat=,command="], capture_output=True, text=True, check=True)
    rows = [line.split(maxsplit=2) for line in listed.stdout.splitlines()]
    return [row[-1] for row in rows if row[0] == str(group) and not row[1].startswith("Z")]


def test_missing_environment_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="make engine"):
        engine_python(tmp_path)


def in_engine_environment(code: str, directory: Path) -> str:
    run = subprocess.run(
        [str(engine_python()), "-c", code],
        cwd=REPOSITORY,
        env={"PATH": "", "STATE_DIR": str(directory), "TMPDIR": str(directory)},
        capture_output=True,
        text=True,
        check=False,
    )
    return run.stdout + run.stderr


def test_other_engine_release_is_refused(tmp_path: Path) -> None:
    said = in_engine_environment(
        "from infra.local.engine import corrections; corrections.version = lambda name: '9.9.9'; corrections.apply_all()",
        tmp_path,
    )
    assert re.search(r"were written for ministack 1\.5\.33, but 9\.9\.9 is installed", said)


def test_correction_whose_text_or_attribute_is_gone_is_refused(tmp_path: Path) -> None:
    said = in_engine_environment(
        """
from infra.local.engine.patching import EngineChangedError, edit_text, replace, rewrite
from ministack.services import stepfunctions
for attempt in (
    lambda: replace(stepfunctions, "_no_such_function", None),
    lambda: rewrite(stepfunctions, "_run_execution", ("time.sleep(0.2)", "")),
    lambda: rewrite(stepfunctions, "_run_execution", json=None),
):
    try:
        attempt()
    except EngineChangedError as refusal:
        print(str(refusal).splitlines()[0])
""",
        tmp_path,
    )
    assert said.splitlines() == [
        "ministack.services.stepfunctions has no _no_such_function any more",
        "ministack.services.stepfunctions._run_execution: this passage is there 0 times, not once:",
        "ministack.services.stepfunctions._run_execution: its module has a name json already",
    ]
