"""The totals of an invoice or credit note per tax rate (Directive 2006/112/EC, article 226, points 8 to 11a).

They follow from the lines, which are frozen at issue. So documents of earlier releases have them too.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from lambdas.records.invoices.invoice import InvoiceLine

_Rate = tuple[str, str, int]  # name, percent, and which it is of several taxes of a service that are alike
_UNTAXED: _Rate = ("", "", 0)


@dataclass(frozen=True)
class RateTotal:
    """The net amount that one rate applies to, and the tax on it, in cents. `rate`: percent as decimal text.

    A net amount that no tax was taken on has an empty name and rate. `reverse_charge`: the client owes the tax.
    """

    tax_name: str
    rate: str
    net_cents: int
    tax_cents: int
    reverse_charge: bool = False


def net_cents(lines: Iterable[InvoiceLine]) -> int:
    """The sum of the lines that are no tax."""
    return sum(line.amount_cents for line in lines if not line.tax_name)


def totals_per_rate(lines: Iterable[InvoiceLine]) -> tuple[RateTotal, ...]:
    """Each rate of the document once, in the order of its first line, and what no tax was taken on last.

    The taxes add up to the document's tax. A service with two taxes counts under both, as each is of the net amount.
    """
    net, rates, taxes = _by_service(lines)
    bases: defaultdict[_Rate, int] = defaultdict(int)
    for service_id, of_service in rates.items():
        for rate in of_service:
            bases[rate] += net[service_id]
    found = [_total(rate, bases[rate], taxes[rate]) for rate in taxes]
    untaxed = [cents for service_id, cents in net.items() if service_id not in rates]
    return (*found, *([_total(_UNTAXED, sum(untaxed), 0)] if any(untaxed) else []))


def _by_service(lines: Iterable[InvoiceLine]) -> tuple[Counter[str], dict[str, list[_Rate]], dict[_Rate, int]]:
    """Net cents and rates by service, and the tax by rate."""
    net: Counter[str] = Counter()
    rates: defaultdict[str, list[_Rate]] = defaultdict(list)
    taxes: defaultdict[_Rate, int] = defaultdict(int)
    for line in lines:
        if not line.tax_name:
            net[line.service_id] += line.amount_cents
            continue
        nth = sum(rate[:2] == (line.tax_name, line.tax_rate) for rate in rates[line.service_id])
        rate = (line.tax_name, line.tax_rate, nth)
        rates[line.service_id].append(rate)
        taxes[rate] += line.amount_cents
    return net, rates, taxes


def _total(rate: _Rate, net: int, tax: int) -> RateTotal:
    name, percent, _ = rate
    # No tax has a rate of 0 (lambdas/catalog/tax.py) but one that its client owes.
    return RateTotal(name, percent, net, tax, reverse_charge=bool(name) and percent == "0")
