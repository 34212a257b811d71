"""Services that were sold, by the names that their plan has in another language."""

from collections.abc import Mapping

from lambdas.catalog.plan import Plan
from lambdas.orders.model.packs import PricedPack


def spoken_pack(pack: PricedPack, plans: Mapping[str, Plan], tag: str) -> PricedPack:
    """The pack with the names of this language. A name that is not the plan's own, such as a contract's, stays as it is.

    `plans`: as their file has them.
    """
    plan = plans.get(pack.plan_id)
    if plan is None:
        return pack
    spoken = plan.in_language(tag)
    groups, options = dict(pack.groups_desc), dict(pack.options_desc)
    for upgrade_id, option_id in pack.options.items():
        upgrade = plan.upgrades.get(upgrade_id)
        if upgrade is None:
            continue
        there = spoken.upgrades[upgrade_id]
        if groups.get(upgrade_id) == upgrade.name:
            groups[upgrade_id] = there.name
        option = upgrade.options.get(option_id)
        if option and options.get(upgrade_id) == option.name:
            options[upgrade_id] = there.options[option_id].name
    title = spoken.title if pack.title == plan.title else pack.title
    return pack.changed(title=title, groups_desc=groups, options_desc=options)
