"""The place of resources in the engine, and the refusal of calls that are not judged."""

from collections.abc import Callable
from dataclasses import dataclass


class UnknownCallError(ValueError):
    """A call whose action or resource is not written here; write it, after the Service Authorization Reference."""


@dataclass(frozen=True)
class Place:
    """Finds resources. `machine_of`: the machine that a task token belongs to."""

    region: str
    account: str
    machine_of: Callable[[str], str] = lambda token: ""
    partition_key: str = "pk"

    def arn(self, service: str, resource: str) -> str:
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"
