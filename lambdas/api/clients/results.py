"""Results of the client methods, which both doors answer in their own form."""

from dataclasses import dataclass

from lambdas.records.clients.client import Client
from lambdas.records.clients.dispute import ClientDispute
from lambdas.records.clients.payment_method import PaymentMethod


@dataclass(frozen=True)
class NewClient:
    """`note`: what differs from the request."""

    client_id: str
    note: str = ""


@dataclass(frozen=True)
class SeenClient:
    """A client, and which of its parts the caller requested."""

    client: Client
    metadata: bool
    tags: bool
    acls: bool
    disputes: tuple[ClientDispute, ...] = ()


@dataclass(frozen=True)
class ListedMethod:
    billing_info_id: str
    method: PaymentMethod
    is_default: bool


@dataclass(frozen=True)
class AddedMethod:
    client_id: str
    billing_info_id: str


@dataclass(frozen=True)
class ChangedMethods:
    """`default`: the billing_info_id of the default method now; None: the client has none."""

    client_id: str
    billing_info_id: str
    default: str | None
