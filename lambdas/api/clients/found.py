"""What the methods of clients hand to the answer and the view."""

from dataclasses import dataclass

from lambdas.records.clients.client import Client


@dataclass(frozen=True)
class MadeClient:
    """`note`: what was done otherwise than asked for."""

    client_id: str
    note: str = ""


@dataclass(frozen=True)
class SeenClient:
    """A client, with what was asked for beside it."""

    client: Client
    metadata: bool
    tags: bool
    acls: bool


@dataclass(frozen=True)
class AddedMethod:
    client_id: str
    billing_info_id: str
