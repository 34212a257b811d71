"""Judges calls of the deployed roles, and counts which were judged, which refused, and which statements allowed them."""

import functools
import json
import threading
from collections import Counter
from typing import Any

from ministack.core.responses import get_account_id
from ministack.services import iam

from infra.local.engine.iam.policy import Call, Statement, allowing, several


class RefusedError(Exception):
    """The role does not allow the call; the message is IAM's."""


class Judge:
    """Judges calls by role name, and remembers what came of it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._judged: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()
        self._used: set[tuple[str, str, str]] = set()

    def check(self, role_arn: str, who: str, call: Call) -> None:
        """Raises RefusedError. A role that was not deployed may do everything."""
        name = role_arn.rpartition("/")[2]
        role = iam._roles.get(name)
        if role is None:
            return
        found = allowing(_statements(role), call)
        with self._lock:
            self._judged[name] += 1
            if found is not None:
                self._used.add((name, call.action, _resources(found)))
                return
            stated = (
                f"User: arn:aws:sts::{get_account_id()}:assumed-role/{name}/{who} is not authorized to perform: {call.action} "
                f"on resource: {call.resource} because no identity-based policy allows the {call.action} action"
            )
            self._refused[stated] += 1
        raise RefusedError(stated)

    def report(self) -> dict[str, Any]:
        """`judged`: calls by role. `refused`: calls by message. `used`, `granted`: role, action, resources.

        Logs and traces, which Lambda and Step Functions write with a role on their own, are left out.
        """
        granted = {
            (role["RoleName"], action, _resources(statement))
            for role in iam._roles.values()
            for statement in _statements(role)
            for action in several(statement["Action"])
            if not action.startswith(("logs:", "xray:"))
            and "Service" in json.loads(role["AssumeRolePolicyDocument"])["Statement"][0]["Principal"]
        }
        with self._lock:
            stated = {"judged": dict(self._judged), "refused": dict(self._refused), "used": sorted(self._used)}
        return stated | {"granted": sorted(granted)}


def _statements(role: dict[str, Any]) -> list[Statement]:
    return [one for document in role["InlinePolicies"].values() for one in _read(document)["Statement"]]


@functools.lru_cache(maxsize=512)
def _read(document: str) -> dict[str, Any]:
    return dict(json.loads(document))


def _resources(statement: Statement) -> str:
    return " ".join(sorted(each.rpartition(":")[2] for each in several(statement["Resource"])))


def refusal(service: str, stated: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of a refusal, in the protocol of the service."""
    kind = "AccessDeniedException"
    if service == "s3":
        xml = f"<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>{stated}</Message></Error>"
        return 403, {"Content-Type": "application/xml"}, xml.encode()
    status = 403 if service in ("lambda", "ses") else 400
    headers = {"Content-Type": "application/x-amz-json-1.0", "x-amzn-errortype": kind}
    return status, headers, json.dumps({"__type": kind, "message": stated, "Message": stated}).encode()
