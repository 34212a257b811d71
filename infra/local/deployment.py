"""Deploys the stage `local` to the embedded engine with the ordinary CDK CLI."""

import hashlib
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from infra.cdk import cdk_command, cdk_environment
from infra.local.engine_process import ACCOUNT_ID, REGION, REPOSITORY, LocalEngine
from infra.local.stack import STACK

_DEPLOYED_FROM = ("lambdas", "statemachines", "infra", "docs/openapi.json", "cdk.json", "uv.lock", "package-lock.json")
_LOG_TAIL_LINES = 30


class DeployError(RuntimeError):
    """The CDK CLI failed. The message has the end of its output."""


def deploy(engine: LocalEngine, panel_url: str = "") -> Iterator[str]:
    """Synthesize, bootstrap, deploy; yields what it is about to do. `panel_url`: who plays the parties outside.

    An assembly of the same sources and addresses is used again.
    """
    assembly, made_from = engine.root / "cdk.out", engine.root / "assembly"
    wanted = f"{_deployed_from(panel_url)} {engine.front_url}"
    with ThreadPoolExecutor(1) as beside:
        bootstrapped = beside.submit(bootstrap, engine)
        if not (assembly.exists() and made_from.exists() and made_from.read_text() == wanted):
            yield "synthesizing the CDK app, stage local, and preparing the engine for it (cdk bootstrap)"
            made_from.unlink(missing_ok=True)
            _cdk(engine, "synth", "--quiet", "--output", str(assembly), "-c", "stage=local", panel_url=panel_url)
            made_from.write_text(wanted)
        else:
            yield "assembly used again, nothing changed since; preparing the engine (cdk bootstrap)"
        bootstrapped.result()
    yield "deploying the stack (cdk deploy)"
    deploy_assembly(engine, assembly)
    (engine.root / "deployed").write_text(_deployed_from(panel_url))


def bootstrap(engine: LocalEngine) -> None:
    """Prepare the engine for deployments of assemblies. Several engines may be prepared at once: each has a folder of its own."""
    _cdk(engine, "bootstrap", f"aws://{ACCOUNT_ID}/{REGION}", "--output", str(engine.root / "bootstrap"))


def deploy_assembly(engine: LocalEngine, assembly: Path) -> None:
    """Deploy what was synthesized. Raises DeployError, also if the deployment was rolled back."""
    _cdk(engine, "deploy", STACK, "--app", str(assembly), "--require-approval", "never")


def destroy(engine: LocalEngine) -> None:
    """Take the stack down, as `make destroy` does."""
    (engine.root / "deployed").unlink(missing_ok=True)
    _cdk(engine, "destroy", STACK, "--app", str(engine.root / "cdk.out"), "--force")


def is_deployed(engine: LocalEngine, panel_url: str = "") -> bool:
    """Whether this engine runs what the working tree says, with this panel."""
    marker = engine.root / "deployed"
    if not marker.exists() or marker.read_text() != _deployed_from(panel_url):
        return False
    return marker.stat().st_mtime > _started_at(engine)


def _deployed_from(panel_url: str) -> str:
    return f"{source_hash()} {panel_url}"


def source_hash() -> str:
    """Of everything a deployment is made from."""
    digest = hashlib.sha256()
    for name in _DEPLOYED_FROM:
        source = REPOSITORY / name
        files = sorted(source.rglob("*")) if source.is_dir() else [source]
        for file in files:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(str(file.relative_to(REPOSITORY)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def _started_at(engine: LocalEngine) -> float:
    return (engine.root / "engine.json").stat().st_mtime


def _cdk(engine: LocalEngine, *words: str, panel_url: str = "") -> None:
    done = subprocess.run(
        cdk_command(words),
        cwd=REPOSITORY,
        env=cdk_environment(
            engine.environment() | {"LOCAL_PANEL_URL": panel_url, "LOCAL_PUBLIC_URL": engine.front_url}
        ),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-_LOG_TAIL_LINES:])
        raise DeployError(f"cdk {words[0]} failed:\n{tail}\nThe engine's log: {engine.log_file}")
