"""`make rotate-front STAGE=prod`: replaces the secret that proves the stage's front, while callers continue.

The doors know two values: the one that CloudFront sends, and one that they accept beside it. First the new value is accepted.
Then CloudFront sends it. Once all its places do, the old value counts no more. The same command continues an interrupted
rotation. Exits with 1 if the stage has no front, or AWS refuses.
"""

import argparse
import json
import secrets
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError, WaiterError
from rich.console import Console

from infra.account import reason_of
from infra.local.engine_process import EngineError
from infra.operate.deployed_stage import NotDeployedError, client_options
from infra.operate.output import say
from infra.stages.errors import StageError
from infra.stages.settings import settings_of
from lambdas.runtime.front import PROOF

KNOWN_AFTER_SECONDS = 15  # doors read the secret again when they meet a proof they do not know, but not more often
_BYTES = 32
_REFUSALS = (BotoCoreError, ClientError, EngineError, NotDeployedError, StageError, WaiterError)


class NoFrontError(StageError):
    """There is nothing to rotate."""


@dataclass(frozen=True)
class Rotation:
    """`secret`: the ARN of the front's secret. `distribution`: the id."""

    secret: str
    distribution: str
    secrets_manager: Any
    cloudfront: Any
    wait: Callable[[float], None] = field(default=time.sleep)

    def run(self, console: Console) -> None:
        """Do it step by step. Nothing is refused between two of them."""
        known = self._read()
        sent, new = known["sent"], known.get("accepted") or secrets.token_hex(_BYTES)
        if known.get("accepted"):
            say(console, "a rotation was interrupted: it continues")
        self._write(sent=sent, accepted=new)
        self.wait(KNOWN_AFTER_SECONDS)
        say(
            console,
            "the doors accept the new value beside the old one; CloudFront gets it now, which takes minutes",
        )
        self._send(new)
        self.cloudfront.get_waiter("distribution_deployed").wait(Id=self.distribution)
        self._write(sent=new, accepted="")
        say(console, "the new value is sent everywhere; the old one counts no more within five minutes")

    def _read(self) -> dict[str, str]:
        text = self.secrets_manager.get_secret_value(SecretId=self.secret)["SecretString"]
        return {name: str(value) for name, value in json.loads(text).items()}

    def _write(self, *, sent: str, accepted: str) -> None:
        text = json.dumps({"sent": sent, "accepted": accepted})
        self.secrets_manager.put_secret_value(SecretId=self.secret, SecretString=text)

    def _send(self, value: str) -> None:
        """Under the version that was read: another change of the distribution at this moment is refused."""
        found = self.cloudfront.get_distribution_config(Id=self.distribution)
        config = found["DistributionConfig"]
        headers = [
            header
            for origin in config["Origins"]["Items"]
            for header in origin.get("CustomHeaders", {}).get("Items", [])
            if header["HeaderName"].lower() == PROOF
        ]
        if not headers:
            raise NoFrontError(f"the distribution {self.distribution} sends no {PROOF}: deploy the stage, then rotate")
        for header in headers:
            header["HeaderValue"] = value
        self.cloudfront.update_distribution(Id=self.distribution, IfMatch=found["ETag"], DistributionConfig=config)


def rotation_of(stage: str, options: dict[str, Any]) -> Rotation:
    """Of a deployed stage. Raises NoFrontError."""
    names = settings_of(stage).front_stack_names
    if not names:
        raise NoFrontError(f"stage {stage} has no front: its file says none")
    stacks = boto3.client("cloudformation", **options).describe_stacks(StackName=names[-1])["Stacks"]
    outputs = {each["OutputKey"]: each["OutputValue"] for each in stacks[0].get("Outputs", [])}
    return Rotation(
        secret=outputs["FrontSecretArn"],
        distribution=outputs["DistributionId"],
        secrets_manager=boto3.client("secretsmanager", **options),
        cloudfront=boto3.client("cloudfront", **options),
    )


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Replace the secret that proves the front of a stage.")
    parser.add_argument("--stage", required=True)
    stage, console = parser.parse_args(arguments).stage, Console()
    try:
        rotation_of(stage, client_options(stage)).run(console)
    except _REFUSALS as error:
        say(console, reason_of(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
