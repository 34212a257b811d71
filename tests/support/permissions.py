"""What the engine judged in a run: every call of every function and machine, against the role it has.

A refused call fails the run that made it. Counts, and grants that were not used, are said at its end
(tests/conftest.py).
"""

import json
from typing import Any

import pytest

from infra.local.engine_process import LocalEngine
from infra.local.loopback import answer_of
from tests.support.shared import folder_of_run

REPORT_PATH = "/_orderq/permissions"
FOUND = pytest.StashKey[dict[str, Any]]()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Once a run, when all workers are done and the engine still runs."""
    if hasattr(session.config, "workerinput"):
        return
    engine = LocalEngine.attach(folder_of_run(session.config) / "shared")
    answer = engine and answer_of("GET", int(engine.endpoint_url.rpartition(":")[2]), REPORT_PATH, 10.0)
    if not answer:
        return
    session.config.stash[FOUND] = json.loads(answer[1])
    if session.config.stash[FOUND]["refused"] and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def tell_permissions(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    report = config.stash.get(FOUND, None)
    if report is None:
        return
    calls, refused = report["judged"], report["refused"]
    used = {tuple(each) for each in report["used"]}
    unused = [each for each in report["granted"] if tuple(each) not in used]
    terminalreporter.write_line(
        f"permissions: {sum(calls.values()):,} calls of {len(calls)} roles judged, {sum(refused.values()):,} refused; "
        f"{len(unused)} of {len(report['granted'])} grants not used in this run"
    )
    for said, times in refused.items():
        terminalreporter.write_line(f"  refused, {times} times: {said}", red=True)
    if config.args == list(
        config.getini("testpaths")
    ):  # of less than everything it says nothing that a grant was not used
        for role, action, resources in unused:
            terminalreporter.write_line(f"  not used: {role} {action} {resources}")
