"""Prices packs: the caller's own price, else the plan's, less a coupon, and the tax (docs/decisions.md states the rules)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lambdas.catalog.buyer import Buyer, Contact, Contacts
from lambdas.catalog.coupon import Charge, Coupon, Coupons, CouponUses, normal_code
from lambdas.catalog.coupon_codes import CouponCodes
from lambdas.catalog.domains import as_registered, unsaid
from lambdas.catalog.listing import listed, option_of, period_of
from lambdas.catalog.plan import Plan, sold_in
from lambdas.catalog.proration import BillingDay, billing_day_of, first_period, out_of_place, prorated
from lambdas.catalog.tax_port import Taxes
from lambdas.orders.decisions.lead.draft import sale_of
from lambdas.orders.errors import Problem
from lambdas.orders.model.coupon_misfit import CouponMisfit
from lambdas.orders.model.info import text
from lambdas.orders.model.order import Order
from lambdas.orders.model.packs import AppliedCoupon, PricedPack
from lambdas.orders.parsing.packs import parse_packs
from lambdas.orders.parsing.requested_pack import Pack
from lambdas.orders.ports import Sale


@dataclass(frozen=True)
class CatalogPricing:
    """Prices packs from the plans. An amount named by the caller replaces the plan's; an option's price is per month."""

    plans: Mapping[str, Plan]
    coupons: Coupons
    uses: CouponUses
    taxes: Taxes
    clients: Contacts
    billing_days: Mapping[int, BillingDay] = field(default_factory=dict)

    def price(self, info: Mapping[str, Any], sale: Sale) -> tuple[PricedPack, ...]:
        """Packs that cannot be priced are left out: a lead may be unfinished. A coupon that does not fit is ignored.

        A pack's own coupon wins over the order's. The order's takes its amounts once from the whole order, pack by pack.
        """
        packs = parse_packs(info, sale.currency)
        codes, client = CouponCodes(self.coupons, self.uses, sale), self._client(sale) if packs else None
        common = self._billing_day(info, sale, client)
        of_order, priced = codes.fitting(text(info, "coupon")), []
        for pack in packs:
            plan = self._plan(pack, sale.currency)
            if list(self._missing(pack, sale.currency)) or list(_misdated(pack, plan, common, sale)):
                continue
            one, charges = listed(plan, as_registered(pack, plan))
            own = codes.fitting(pack.coupon)
            if own and own.covers(pack.plan_id):
                one = _discounted(one, charges, own)
            elif of_order and of_order.covers(pack.plan_id):
                one, of_order = _discounted(one, charges, of_order), of_order.after(charges)
            priced.append(prorated(one, first_period(pack, one.period, common, sale.now)))
        return self._taxed(priced, info, sale, client)

    def missing(self, info: Mapping[str, Any], sale: Sale) -> tuple[Problem, ...]:
        packs = parse_packs(info, sale.currency)
        client = self._client(sale) if packs else None
        common = self._billing_day(info, sale, client)
        found = [
            problem
            for pack in packs
            for problem in (
                *self._missing(pack, sale.currency),
                *unsaid(pack, self.plans.get(pack.plan_id)),
                *_misdated(pack, self._plan(pack, sale.currency), common, sale),
            )
        ]
        return (*found, *(self._misplaced(info, sale, client) if packs else ()))

    def with_default_options(self, info: Mapping[str, Any], currency: str) -> dict[str, Any]:
        filled = dict(info)
        for pack in parse_packs(info, currency):
            plan = self._plan(pack, currency)
            if plan and plan.upgrades:
                chosen = {upgrade_id: option for upgrade_id, option in pack.options.items() if option}
                defaults = {upgrade_id: upgrade.default for upgrade_id, upgrade in plan.upgrades.items()}
                filled[pack.name] = {**info[pack.name], "options": {**defaults, **chosen}}
        return filled

    def redeem(self, order: Order, now: int) -> tuple[str, ...]:
        return tuple(
            code
            for coupon_id, code in _redeemed(order).items()
            if not self.uses.redeem(coupon_id, order.order_id, now=now)
        )

    def give_back(self, order_id: str, *, keep: Order | None = None) -> None:
        self.uses.give_back(order_id, keep=_redeemed(keep) if keep else ())

    def coupon_misfit(self, order: Order, now: int) -> CouponMisfit | None:
        code = normal_code(text(order.info, "coupon"))
        applied = [pack for pack in order.priced if pack.coupon and pack.coupon.coupon_code == code]
        if not text(order.info, "coupon") or any(pack.discount_cents for pack in applied):
            return None
        coupon, misfit = CouponCodes(self.coupons, self.uses, sale_of(order, now)).looked_up(code)
        if misfit or coupon is None:
            return misfit
        covered = any(coupon.covers(pack.plan_id) for pack in order.priced)
        return CouponMisfit.NO_DISCOUNT if covered else CouponMisfit.OTHER_SERVICES if order.priced else None

    def _client(self, sale: Sale) -> Contact | None:
        return self.clients.get(sale.client_id) if sale.client_id else None

    def _billing_day(self, info: Mapping[str, Any], sale: Sale, client: Contact | None) -> BillingDay:
        """The client's own, or the one that the order names for its new client; else the brand's."""
        settings = client.settings if client else {"default_renew": text(info, "default_renew")}
        return billing_day_of(settings, self.billing_days.get(sale.brand_id, BillingDay()))

    def _taxed(
        self, packs: Sequence[PricedPack], info: Mapping[str, Any], sale: Sale, client: Contact | None
    ) -> tuple[PricedPack, ...]:
        """A client who exists is taxed where their account says, for there the invoice goes; else where the order says."""
        if not packs or not self.taxes.concern(sale):
            return tuple(packs)
        _, place = self._whereabouts(info, client)
        taxes = self.taxes.on(packs, sale, Buyer.of(*place))
        return tuple(pack.model_copy(update={"taxes": tuple(found)}) for pack, found in zip(packs, taxes, strict=True))

    def _whereabouts(self, info: Mapping[str, Any], client: Contact | None) -> tuple[str, tuple[str, str, str]]:
        """The source of the buyer's place (`client` or `info`), and its country, state and VAT number."""
        if client and client.country:
            return "client", (client.country, client.state, client.vat_id)
        return "info", (text(info, "country"), text(info, "state"), text(info, "vat_id"))

    def _misplaced(self, info: Mapping[str, Any], sale: Sale, client: Contact | None) -> Iterator[Problem]:
        """Problems of a place that taxes cannot be found by. It must not count as a place without taxes."""
        who, place = self._whereabouts(info, client)
        for name, problem in self.taxes.place_problems(sale, *place):
            if who == "info":
                yield Problem(f"info.{name}", problem)
            else:
                yield Problem("client_id", f"client {sale.client_id}: {name} {problem}; correct it with client.update")

    def _plan(self, pack: Pack, currency: str) -> Plan | None:
        """The plan, if it is sold in this currency."""
        plan = self.plans.get(pack.plan_id)
        return plan if plan and plan.currency == currency else None

    def _missing(self, pack: Pack, currency: str) -> Iterator[Problem]:
        where = f"info.{pack.name}"
        plan = self._plan(pack, currency)
        if plan is None and pack.price_cents is None:
            known = ", ".join(sold_in(self.plans, currency)) or f"none in {currency}"
            yield Problem(f"{where}.plan_id", f"neither a known plan ({known}) nor priced by {where}.price")
        elif plan and pack.price_cents is None and pack.period is not None and pack.period not in plan.pricing:
            periods = ", ".join(map(str, plan.pricing))
            yield Problem(f"{where}.period", f"{plan.title} is sold for {periods} months; name one, or a price")
        for upgrade_id in pack.options:
            if plan and option_of(plan, pack, upgrade_id) is None and upgrade_id not in pack.option_price_cents:
                yield Problem(
                    f"{where}.options.{upgrade_id}", f"no such option of {plan.title}; choose a known one, or price it"
                )


def _misdated(pack: Pack, plan: Plan | None, common: BillingDay, sale: Sale) -> Iterator[Problem]:
    """A day that the first period cannot go until."""
    period = period_of(plan, pack)
    field = f"info.{pack.name}.prorate_date"
    if pack.prorate_at and not period:
        yield Problem(field, "is for what is billed each period; leave it out, or name a period")
    elif why := out_of_place(first_period(pack, period, common, sale.now)):
        yield Problem(field, why)


def _discounted(pack: PricedPack, charges: tuple[Charge, ...], coupon: Coupon) -> PricedPack:
    recurring, setup = coupon.off(charges)
    applied = AppliedCoupon(
        coupon_id=coupon.coupon_id,
        coupon_code=coupon.coupon_code,
        description=coupon.description,
        recurring=coupon.recurring,
        discount_value=coupon.discount.value,
        dollar=coupon.discount.is_amount,
        setup_discount_value=coupon.setup_discount.value,
        setup_dollar=coupon.setup_discount.is_amount,
    )
    return pack.model_copy(
        update={"coupon": applied, "recurring_discount_cents": recurring, "setup_discount_cents": setup}
    )


def _redeemed(order: Order) -> dict[str, str]:
    """Codes of the coupons that take something off this order, by id; one that takes nothing is not used."""
    return {
        pack.coupon.coupon_id: pack.coupon.coupon_code for pack in order.priced if pack.coupon and pack.discount_cents
    }
