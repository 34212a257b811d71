"""The account of an e-mail address: the client who may sign in by a link that is mailed there."""

from lambdas.records.clients.client import Client, ClientRecords, ClientStatus


def may_sign_in(client: Client, brand_id: int) -> bool:
    """Whether the client may sign in on forms of this brand by a mailed link."""
    return client.brand_id == brand_id and client.active is ClientStatus.CLIENT and client.login_enabled


def account_of(clients: ClientRecords, key: str, brand_id: int, *, besides: str = "") -> Client | None:
    """The first client with the address of this key (`email_pk`) who may sign in. `besides`: a client's number to leave out."""
    found = clients.by_email_key(key)
    return next((each for each in found if may_sign_in(each, brand_id) and each.client_id != besides), None)
