"""Counts of a preview: by what is done and with what money, and by why orders are refused. Pure."""

from collections.abc import Iterable

from lambdas.bulk.money import MoneyKind
from lambdas.bulk.plan import Plan, Refusal
from lambdas.orders.model.money import Money
from lambdas.runtime.models import Frozen

SHOWN_IDS = 20  # of each refusal
_MOST_REFUSALS = 50  # different ones; the rest is counted as one
_OTHERS = Refusal("others", "other reasons; preview fewer orders to see them")
_MONEY_WORDS = {
    MoneyKind.LATER: "{orders} continue, and the {sums} held for them is captured later, once",
    MoneyKind.CAPTURES: "{orders} have the {sums} that is held for them captured",
    MoneyKind.RELEASES: "{orders} have the {sums} that is held for them released",
    MoneyKind.RETURNS: "{orders} have {sums} returned that was captured",
    MoneyKind.LOOKED_UP: "{orders} are looked up at the payment provider first ({sums})",
}


class EffectGroup(Frozen):
    """Orders that the same happens to. `sums`: cents by currency. `paused`: the pause that they then wait for, in words."""

    acts: tuple[int, ...]
    does: str
    money: MoneyKind
    paused: str = ""
    orders: int = 0
    sums: dict[str, int] = {}

    def fits(self, plan: Plan) -> bool:
        """Whether the plan does the same. A pause that began or ended meanwhile changes only when it happens."""
        return (self.acts, self.does, self.money) == (plan.acts, plan.does, plan.money.kind)

    def with_one_more(self, plan: Plan) -> "EffectGroup":
        currency = plan.money.currency
        more = {currency: self.sums.get(currency, 0) + plan.money.cents} if currency else {}
        return self.changed(orders=self.orders + 1, sums={**self.sums, **more})


class RefusalGroup(Frozen):
    """Orders that are refused for the same reason. `order_ids`: the first of them."""

    kind: str
    reason: str
    orders: int = 0
    order_ids: tuple[str, ...] = ()


def with_plan(groups: tuple[EffectGroup, ...], plan: Plan) -> tuple[tuple[EffectGroup, ...], int]:
    """The groups with one more order, and the number of its group."""
    for number, group in enumerate(groups):
        if group.fits(plan) and group.paused == plan.paused:
            return (*groups[:number], group.with_one_more(plan), *groups[number + 1 :]), number
    new = EffectGroup(acts=plan.acts, does=plan.does, money=plan.money.kind, paused=plan.paused)
    return (*groups, new.with_one_more(plan)), len(groups)


def with_refusal(groups: tuple[RefusalGroup, ...], refusal: Refusal, order_id: str) -> tuple[RefusalGroup, ...]:
    """The groups with one more refused order."""
    known = {(group.kind, group.reason): group for group in groups}
    if (refusal.kind, refusal.reason) not in known and len(known) >= _MOST_REFUSALS:
        refusal = _OTHERS
    key = (refusal.kind, refusal.reason)
    group = known.get(key) or RefusalGroup(kind=refusal.kind, reason=refusal.reason)
    ids = (*group.order_ids, order_id)[:SHOWN_IDS]
    return tuple({**known, key: group.changed(orders=group.orders + 1, order_ids=ids)}.values())


def sentence(effects: Iterable[EffectGroup], refused: int) -> str:
    """The preview in one sentence for people."""
    groups = list(effects)
    acting = sum(group.orders for group in groups)
    parts = [_money_words(kind, groups) for kind in MoneyKind if kind in _MONEY_WORDS]
    untouched = sum(group.orders for group in groups if group.money is MoneyKind.NONE)
    parts.append(f"{untouched} touch no money" if untouched and untouched < acting else "")
    money = ", ".join(filter(None, parts))
    safe = "; none is charged twice" if money else "; no money is held or moved" if acting else ""
    said = f"{acting} {_orders(acting)} acted on, {refused} refused" + (f": {money}" if money else "") + safe
    return "; ".join((said, *_waiting_words(groups)))


def _waiting_words(groups: list[EffectGroup]) -> list[str]:
    waiting: dict[str, int] = {}
    for group in groups:
        if group.paused:
            waiting[group.paused] = waiting.get(group.paused, 0) + group.orders
    return [f"{count} wait{'s' if count == 1 else ''} because {paused}" for paused, count in waiting.items()]


def _money_words(kind: MoneyKind, groups: list[EffectGroup]) -> str:
    of_kind = [group for group in groups if group.money is kind]
    if not of_kind:
        return ""
    sums: dict[str, int] = {}
    for group in of_kind:
        for currency, cents in group.sums.items():
            sums[currency] = sums.get(currency, 0) + cents
    amounts = " and ".join(f"{Money(cents, currency)}" for currency, cents in sorted(sums.items()))
    return _MONEY_WORDS[kind].format(orders=sum(group.orders for group in of_kind), sums=amounts or "0.00")


def _orders(count: int) -> str:
    return "order is" if count == 1 else "orders are"
