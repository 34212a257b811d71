"""Authorisation codes of domain transfers. They let anybody take the domain, so an order has only references to them.

Doors write these records, and the module that calls the registrar reads them; nobody else can. They expire.
"""

import secrets

from lambdas.orders.parsing.transfer_code import KEPT, KeptCode
from lambdas.records.table import RecordTable

KEPT_SECONDS = 60 * 86_400  # a lead lives for 30 days, and a transfer takes ten
_KIND = "transfer_code"


class TransferCodes:
    def __init__(self, table: RecordTable) -> None:
        self._table = table

    def keep(self, code: str, name: str, *, now: int) -> KeptCode:
        """Keep the code of a domain name; the reference to it, which nobody can guess."""
        reference = f"{KEPT}{secrets.token_hex(16)}"
        record = {"pk": _pk(reference), "sk": _KIND, "code": code, "name": name, "expires_at": now + KEPT_SECONDS}
        self._table.put_new(record)
        return KeptCode(reference)

    def find(self, reference: str, name: str, *, now: int) -> str:
        """The code, for the name that it was given for; empty if it is over."""
        found = self._table.get(_pk(reference), _KIND)
        is_good = found is not None and found["name"] == name and now < int(found["expires_at"])
        return str(found["code"]) if found and is_good else ""


def _pk(reference: str) -> str:
    return f"{_KIND}#{reference.removeprefix(KEPT)}"
