"""Leads: people whose order has begun and who are no clients yet (Ubersmith: a client record with `active` = 2)."""

from lambdas.records.table import RecordTable
from lambdas.runtime.models import Frozen

LEAD_FIELDS = ("first", "last", "company", "email", "phone")


class Lead(Frozen):
    """The person who began an order, from its contact data at that time. An order makes one lead, with the order's number."""

    lead_id: str
    brand_id: int
    first: str = ""
    last: str = ""
    company: str = ""
    email: str = ""
    phone: str = ""
    created_at: int


class LeadRecords:
    def __init__(self, table: RecordTable) -> None:
        self._table = table

    def make(self, lead: Lead) -> None:
        """Making it again leaves the first one."""
        self._table.put_new({"pk": f"order#{lead.lead_id}", "sk": "lead", **lead.model_dump()})

    def of_order(self, order_id: str) -> Lead | None:
        found = self._table.get(f"order#{order_id}", "lead")
        return Lead.model_validate(found) if found else None
