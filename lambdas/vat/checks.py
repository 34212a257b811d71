"""Answers about VAT numbers, kept for a while, so that a page asks once and a register that is away is not asked by everybody."""

import hashlib
from datetime import UTC, datetime

from lambdas.records.table import RecordTable
from lambdas.runtime.models import Frozen
from lambdas.vat.ask_limits import AskLimits
from lambdas.vat.register import UNAVAILABLE, Answer, Register, Standing

KEPT_SECONDS = {Standing.VALID: 86_400, Standing.INVALID: 3_600, Standing.UNAVAILABLE: 60}
_KIND = "vat_check"


class VatCheck(Frozen):
    """An answer as it is proved by: `day` in UTC, such as 2026-11-28. `expires_at`: Unix seconds."""

    standing: Standing
    day: str
    consultation: str = ""
    expires_at: int

    @property
    def proof(self) -> str:
        """As orders and invoices keep it: `valid 2026-11-28 WAPIAAAAX1`."""
        return " ".join(filter(None, (self.standing, self.day, self.consultation)))


class VatChecks:
    def __init__(self, table: RecordTable, register: Register, asks: AskLimits) -> None:
        self._table, self._register, self._asks = table, register, asks

    def of(self, number: str, requester: str, *, source: str, now: int) -> VatCheck:
        """The answer for the number, which is kept under a digest of both numbers alone.

        `source`: the address that the order names. Over a limit nobody is asked, and nothing is kept: others may ask.
        """
        digest = hashlib.sha256(f"{number}\n{requester}".encode()).hexdigest()
        pk = f"{_KIND}#{digest}"
        stored = self._table.get(pk, _KIND)
        known = VatCheck.model_validate(stored) if stored else None
        if known and now < known.expires_at:
            return known
        if not self._asks.admit(source, now):
            return _check(UNAVAILABLE, now)
        check = _check(self._register.ask(number, requester), now)
        record = {"pk": pk, "sk": _KIND, **check.model_dump(mode="json")}
        self._table.put_if("attribute_not_exists(pk) OR expires_at <= :now", record, now=now)
        return check


def _check(answer: Answer, now: int) -> VatCheck:
    return VatCheck(
        standing=answer.standing,
        day=datetime.fromtimestamp(now, UTC).date().isoformat(),
        consultation=answer.consultation,
        expires_at=now + KEPT_SECONDS[answer.standing],
    )
