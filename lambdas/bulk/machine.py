"""The state machine of bulk runs: starts a run, and finds whether it still runs. Its input is the run's id and its pages."""

import json
from typing import TYPE_CHECKING

from lambdas.bulk.run import Run
from lambdas.runtime.aws import step_functions

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions.client import SFNClient


class BulkMachine:
    """`arn`: of the state machine."""

    def __init__(self, arn: str, client: "SFNClient | None" = None) -> None:
        self._arn = arn
        self._given = client

    @property
    def _client(self) -> "SFNClient":
        return self._given or step_functions()

    def start(self, run: Run) -> None:
        """Start the run's execution. May be repeated: it is named after the run and its start."""
        try:
            self._client.start_execution(
                stateMachineArn=self._arn,
                name=run.execution_name,
                input=json.dumps({"run_id": run.run_id, "start": run.starts, "pages": list(range(run.pages))}),
            )
        except self._client.exceptions.ExecutionAlreadyExists:
            return

    def is_running(self, run: Run) -> bool | None:
        """Whether the run's present execution runs. None: there is none, or none yet: an answer may be a moment behind."""
        arn = f"{self._arn.replace(':stateMachine:', ':execution:')}:{run.execution_name}"
        try:
            found = self._client.describe_execution(executionArn=arn)
        except self._client.exceptions.ExecutionDoesNotExist:
            return None
        return found["status"] == "RUNNING"
