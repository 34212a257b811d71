"""How often the register is asked for numbers that are not known yet: it blocks a stage that asks too much, for all its buyers.

Each ask is counted by where it comes from and by whom. Counting fails open.
"""

from dataclasses import dataclass

from pydantic import Field

from lambdas.rate_limits.failures import Limit
from lambdas.rate_limits.form_limits import is_admitted
from lambdas.rate_limits.sources import source_of
from lambdas.rate_limits.windows import Windows
from lambdas.runtime.asker import asking_function, asking_source, asking_user
from lambdas.runtime.models import Frozen
from lambdas.runtime.telemetry import MetricUnit, logger, metrics

_HOUR = 3_600


class VatLimits(Frozen):
    """Limits of those whose VAT numbers are checked."""

    source: Limit = Field(
        Limit(most=30, seconds=_HOUR),
        description="From one address, or one IPv6 /64: of a visitor of the forms, or the `ip_address` of an order of the API.",
    )
    caller: Limit = Field(
        Limit(most=300, seconds=_HOUR),
        description="By one user of the API, or by all visitors of the forms together, who may have a new address each time.",
    )


@dataclass(frozen=True)
class AskLimits:
    windows: Windows
    limits: VatLimits

    def admit(self, named: str, now: int) -> bool:
        """Whether the register may be asked once more; if so, it is counted.

        `named`: the address that the order names. It counts only where none was seen, and among those of the same caller, who
        may name any. Those without a name and an address are one source.
        """
        caller, source = asking_user() or asking_function(), source_of(asking_source() or named)
        if (source or not asking_user()) and not self._admits("source", f"{caller}\n{source}", self.limits.source, now):
            return False
        return self._admits("caller", caller, self.limits.caller, now)

    def _admits(self, kind: str, by: str, limit: Limit, now: int) -> bool:
        if is_admitted(self.windows, f"vat_checks_of_{kind}", by, limit, now):
            return True
        metrics.add_metric("VatChecksRefused", MetricUnit.Count, 1)
        logger.warning("VAT number not asked for", reason=kind)
        return False
