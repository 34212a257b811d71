"""Finds who started an automation, and with what. Nothing but its id is taken from the caller: all else Systems Manager knows.

So somebody who may call the function can at most have a running automation repeat what it does, which changes nothing.

https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetAutomationExecution.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from lambdas.runbooks.catalog import RUNBOOKS
from lambdas.runbooks.errors import NotStartedError
from lambdas.runbooks.parameters import Values
from lambdas.runbooks.runbook import Runbook

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_STARTER = re.compile(r"arn:aws[a-z-]{0,20}:(?:iam|sts)::([0-9]{12}):[A-Za-z0-9+=,.@_/:-]{1,600}")
# One that has ended acts no more.
_RUNNING = frozenset({"Pending", "InProgress", "Waiting"})
_UNKNOWN = frozenset({"AutomationExecutionNotFoundException", "ValidationException"})


@dataclass(frozen=True, kw_only=True)
class Started:
    """`by`: ARN of who started it. `values`: what with."""

    execution_id: str
    runbook: Runbook
    by: str
    values: Values

    @property
    def signature(self) -> str:
        """The person and the automation, as history names them. Nobody else writes it, so it shows what was done before."""
        return f"{self.by} (automation {self.execution_id})"


@dataclass(frozen=True)
class Automations:
    """`ssm`: a client of Systems Manager. `stack_name`: documents begin with it. `account`: its number."""

    ssm: Any
    stack_name: str
    account: str

    def find(self, execution_id: object) -> Started:
        """Raises NotStartedError, and WrongParameterError."""
        if not isinstance(execution_id, str) or _ID.fullmatch(execution_id) is None:
            raise self._refusal()
        found = self._read(execution_id)
        names = {runbook.document_name(self.stack_name): runbook for runbook in RUNBOOKS}
        runbook = names.get(str(found.get("DocumentName", "")))
        starter = _STARTER.fullmatch(str(found.get("ExecutedBy", "")))
        is_own = found.get("AutomationExecutionId") == execution_id and starter and starter[1] == self.account
        if runbook is None or starter is None or not is_own or found.get("AutomationExecutionStatus") not in _RUNNING:
            raise self._refusal()
        values = Values.of(runbook.parameters, found.get("Parameters") or {})
        return Started(execution_id=execution_id, runbook=runbook, by=starter[0], values=values)

    def _read(self, execution_id: str) -> Mapping[str, Any]:
        try:
            return dict(self.ssm.get_automation_execution(AutomationExecutionId=execution_id)["AutomationExecution"])
        except ClientError as error:
            if error.response["Error"]["Code"] in _UNKNOWN:
                raise self._refusal() from None
            raise

    def _refusal(self) -> NotStartedError:
        return NotStartedError(f"{self.stack_name}-")
