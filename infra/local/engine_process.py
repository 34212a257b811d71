"""Starts, finds and stops the embedded engine: a process of its own, on loopback, in the engine's own environment.

    with LocalEngine.start(root) as engine:
        client = boto3.client("dynamodb", **engine.client_options())

`root` is a directory of the engine's own (infra/local/process.py); it also holds a TMPDIR that is deleted when the engine
stops.
"""

import os
import shutil
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from infra.local.loopback import answer_of, free_port
from infra.local.process import BackgroundProcess, ProcessError

REPOSITORY = Path(__file__).resolve().parents[2]
ACCOUNT_ID = "000000000000"
REGION = "us-east-1"
# The CDK CLI remembers the account of an access key id in ~/.cdk/cache, so this one must mean nothing elsewhere.
ACCESS_KEY_ID = "orderqueues"
READY_WITHIN_SECONDS = 30.0
_ASK_SECONDS = 2.0


class EngineError(ProcessError):
    """The engine could not be started, found or stopped; the message says what to do."""


class LocalEngine:
    """One running engine."""

    def __init__(self, process: BackgroundProcess) -> None:
        self.root = process.root
        self._process = process

    @classmethod
    def start(
        cls, root: Path, port: int | None = None, front_port: int | None = None, settings: dict[str, str] | None = None
    ) -> Self:
        """Start an engine that outlives this process, and return when it answers.

        Ports that are not given are those it had before in `root`, or chosen. `settings` are further variables for the
        engine (ORDERQ_…, LOG_LEVEL). Raises EngineError.
        """
        root = root.resolve()
        if cls.attach(root) is not None:
            raise EngineError(f"An engine is running in {root} already; stop it first (`make stop`).")
        _prepare(root)
        before = BackgroundProcess.ports_before(root, "engine")  # the stack names the front: elsewhere it is made again
        ports = {
            "gateway": port or free_port(before.get("gateway", 0)),
            "front": front_port or free_port(before.get("front", 0)),
        }
        environment = _process_environment(root, ports["gateway"], ports["front"]) | (settings or {})
        command = [str(engine_python()), "-m", "infra.local.engine"]
        process = BackgroundProcess.start(root, "engine", command, cwd=REPOSITORY, ports=ports, environment=environment)
        engine = cls(process)
        try:
            process.wait_until(engine._answers, seconds=READY_WITHIN_SECONDS)
        except ProcessError as error:
            engine.stop()
            raise EngineError(str(error)) from None
        return engine

    @classmethod
    def attach(cls, root: Path) -> Self | None:
        """The engine that was started in `root` and still runs, or None."""
        process = BackgroundProcess.attach(root.resolve(), "engine")
        return cls(process) if process else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """The engine's process id, which is also its process group."""
        return self._process.pid

    @property
    def endpoint_url(self) -> str:
        """The address of the AWS APIs."""
        return f"http://127.0.0.1:{self._process.ports['gateway']}"

    @property
    def front_url(self) -> str:
        """The address of the deployed HTTP API, at the root."""
        return f"http://127.0.0.1:{self._process.ports['front']}"

    @property
    def log_file(self) -> Path:
        """The log of the engine and its functions' workers."""
        return self._process.log_file

    def environment(self) -> dict[str, str]:
        """The variables an SDK, the AWS CLI or the CDK CLI needs to talk to this engine, and to nothing else."""
        return {
            "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_REGION": REGION,
            "AWS_SECRET_ACCESS_KEY": "not-a-secret",
            "CDK_DISABLE_CLI_TELEMETRY": "true",
        }

    def client_options(self) -> dict[str, Any]:
        """Keyword arguments for `boto3.client`, for a process whose environment points elsewhere."""
        return {
            "aws_access_key_id": ACCESS_KEY_ID,
            "aws_secret_access_key": "not-a-secret",
            "endpoint_url": self.endpoint_url,
            "region_name": REGION,
        }

    def is_running(self) -> bool:
        """Whether the process is alive, and is this engine and not a later process with the same id."""
        return self._process.is_running()

    def reset(self) -> None:
        """Forget all resources, as after a fresh start."""
        answer = self._ask("gateway", "POST", "/_ministack/reset", READY_WITHIN_SECONDS)
        if answer is None or answer[0] != HTTPStatus.OK:
            raise EngineError(f"The engine could not be reset ({answer}); see {self.log_file}.")

    def stop(self) -> None:
        """End the engine and its workers, and delete its temporary files. Nothing happens if it has ended already."""
        self._process.stop()
        shutil.rmtree(self.root / "tmp", ignore_errors=True)

    def _answers(self) -> bool:
        gateway = self._ask("gateway", "GET", "/_ministack/health", _ASK_SECONDS)
        front = self._ask("front", "GET", "/", _ASK_SECONDS)
        return gateway is not None and gateway[0] == HTTPStatus.OK and front is not None

    def _ask(self, port: str, method: str, path: str, seconds: float) -> tuple[int, bytes] | None:
        return answer_of(method, self._process.ports[port], path, seconds)


def engine_python(repository: Path = REPOSITORY) -> Path:
    """The interpreter of the engine's environment."""
    python = repository / ".venv-engine" / "bin" / "python"
    if not python.exists():
        raise EngineError(f"The engine's environment is missing ({python}): run `make engine`.")
    return python


def _process_environment(root: Path, port: int, front_port: int) -> dict[str, str]:
    # From scratch: what is set in a developer's shell must not change how the engine, or a function in it, behaves.
    return {
        "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_SECRET_ACCESS_KEY": "not-a-secret",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "HOME": str(root / "tmp"),
        "IOT_MTLS_ENABLED": "0",
        "LAMBDA_WARM_TTL_SECONDS": "60",
        "LANG": "C.UTF-8",
        "LOG_LEVEL": "INFO",
        "MINISTACK_HOST": "localhost",
        "MINISTACK_REGION": REGION,
        "ORDERQ_FRONT_PORT": str(front_port),
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONUNBUFFERED": "1",
        "SFTP_ENABLED": "0",
        # Nothing is persisted, but the engine keeps a signing key there.
        "STATE_DIR": str(root / "tmp" / "state"),
        "TMPDIR": str(root / "tmp"),
        "TZ": "UTC",
    }


def _prepare(root: Path) -> None:
    # Left behind by an engine that was killed.
    shutil.rmtree(root / "tmp", ignore_errors=True)
    (root / "tmp").mkdir(parents=True)
