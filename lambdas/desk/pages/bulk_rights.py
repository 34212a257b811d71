"""Decides which users act on many orders at the desk."""

from lambdas.records.users.api_user import ApiUser
from lambdas.records.users.rights import Right

CHOSEN = "order-"
"""Begins the name of the box of an order in a list: `order-1001`."""


def may_bulk(user: ApiUser) -> bool:
    """Whether the user has the right anywhere. Each order is judged again, where it is."""
    return all(any(right in grant.rights for grant in user.grants) for right in (Right.VIEW, Right.BULK))
