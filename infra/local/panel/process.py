"""Starts, finds and stops the stand-in panel (infra/local/panel/server.py): a process of its own, on loopback."""

import json
import sys
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Self

from infra.local.engine_process import REPOSITORY
from infra.local.loopback import answer_of, free_port
from infra.local.process import BackgroundProcess, ProcessError

READY_WITHIN_SECONDS = 15.0
_ASK_SECONDS = 2.0
_NAME = "panel"


class PanelError(ProcessError):
    """The panel could not be started or stopped; the message says what to do."""


class LocalPanel:
    """One running panel. `root` holds its log and the state file by which another process finds it."""

    def __init__(self, process: BackgroundProcess) -> None:
        self.root, self.pid, self.port = process.root, process.pid, process.ports["http"]
        self._process = process

    @classmethod
    def start(cls, root: Path, access: Path, answer_after_seconds: float = 1.0) -> Self:
        """Start a panel that outlives this process, at the port it had before if that is free. `access`: see Panel.

        Raises PanelError.
        """
        root.mkdir(parents=True, exist_ok=True)
        # The stack names its address: at another one it is deployed again.
        port = free_port(BackgroundProcess.ports_before(root, _NAME).get("http", 0))
        options = {"access": access, "port": port, "answer-after": answer_after_seconds}
        command = [
            sys.executable,
            "-m",
            "infra.local.panel.server",
            *(f"--{name}={value}" for name, value in options.items()),
        ]
        process = BackgroundProcess.start(root, _NAME, command, cwd=REPOSITORY, ports={"http": port})
        try:
            process.wait_until(lambda: _pid_at(port) == process.pid, seconds=READY_WITHIN_SECONDS)
        except ProcessError as error:
            raise PanelError(str(error)) from None
        return cls(process)

    @classmethod
    def attach(cls, root: Path) -> Self | None:
        """The panel that was started in `root` and still runs, or None."""
        process = BackgroundProcess.attach(root, _NAME)
        return cls(process) if process else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log_file(self) -> Path:
        return self._process.log_file

    def stop(self) -> None:
        """End it. Nothing happens if it has ended already."""
        self._process.stop()


def _pid_at(port: int) -> int | None:
    """The id of the panel's process that answers at this port."""
    answer = answer_of("GET", port, "/", _ASK_SECONDS)
    try:
        return int(json.loads(answer[1])["pid"]) if answer and answer[0] == HTTPStatus.OK else None
    except (ValueError, TypeError, KeyError):
        return None
