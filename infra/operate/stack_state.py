"""Refuses a deploy while another one runs on the stage, or if one ended since `make impact`.

CloudFormation takes one update of a stack at a time. `make impact` notes the stack's last change beside the working tree
(`.local/impact-<stage>.json`). A deploy that finds a later change asks for the impact again.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

from infra.stages.errors import StageError
from infra.stages.settings import stack_name_of

ROOT = Path(__file__).resolve().parents[2]
_NOT_THERE = "does not exist"
_BEGAN = "_IN_PROGRESS"
# A change set waits for a review; an update may begin.
_MAY_GO_ON = frozenset({"REVIEW_IN_PROGRESS"})


class DeployBusyError(StageError):
    """Another deploy of the stage has not ended."""


class ImpactOutdatedError(StageError):
    """The stage was deployed since its impact was judged."""


@dataclass(frozen=True)
class StackState:
    """`changed`: when the stack was changed last, ISO 8601; empty if it was never deployed."""

    stack: str
    status: str = ""
    changed: str = ""

    @property
    def is_busy(self) -> bool:
        return self.status.endswith(_BEGAN) and self.status not in _MAY_GO_ON


def state_of(stage: str, options: dict[str, Any]) -> StackState:
    stack = stack_name_of(stage)
    try:
        described = boto3.client("cloudformation", **options).describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as error:
        if _NOT_THERE in str(error):
            return StackState(stack)
        raise
    changed = described.get("LastUpdatedTime") or described["CreationTime"]
    return StackState(stack, described["StackStatus"], changed.isoformat())


def refuse_busy(state: StackState, stage: str) -> None:
    """Raise DeployBusyError if a change is in progress. Its text says which, since when, and what to do."""
    if state.is_busy:
        raise DeployBusyError(
            f"{state.stack} is being changed by somebody else ({state.status}, begun {state.changed}): wait until that has ended "
            f"(aws cloudformation describe-stack-events --stack-name {state.stack} says what it does and how far it is), then "
            f"`make deploy STAGE={stage}` again; nothing was changed"
        )


def forget_judged(stage: str, root: Path | None = None) -> None:
    """Forget the last judgement, so that the impact is judged again."""
    _file(stage, root).unlink(missing_ok=True)


def keep_judged(state: StackState, stage: str, root: Path | None = None) -> None:
    """Note the state that the impact was judged against."""
    file = _file(stage, root)
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(asdict(state)), "utf-8")


def refuse_outdated(state: StackState, stage: str, root: Path | None = None) -> None:
    """Raise ImpactOutdatedError if the stage changed since its impact was judged."""
    file = _file(stage, root)
    judged = StackState(**json.loads(file.read_text("utf-8"))) if file.exists() else None
    if judged is None:
        raise ImpactOutdatedError(f"the impact on {state.stack} was not judged: `make deploy STAGE={stage}` does both")
    if (judged.stack, judged.changed) != (state.stack, state.changed):
        raise ImpactOutdatedError(
            f"{state.stack} was changed {state.changed or 'away'} by another deploy since its impact was judged (it was of "
            f"{judged.changed or 'no deploy'} then): look at what came, then `make deploy STAGE={stage}` again"
        )


def _file(stage: str, root: Path | None) -> Path:
    return (root or ROOT) / ".local" / f"impact-{stage}.json"
