"""Limits of a stage's routes and functions."""

from typing import Annotated

from pydantic import Field

from lambdas.runtime.models import Frozen

Count = Annotated[int, Field(ge=1)]


class Throttle(Frozen):
    """Of one route, over all callers: requests a second, and at once."""

    rate: Count
    burst: Count


class PublicThrottles(Frozen):
    """`pages`: of each page of the forms and the desk; `webhooks`: of signed contracts.

    `links`: of each way into an order by a link, and of sign-ins to the desk.
    """

    pages: Throttle = Throttle(rate=20, burst=40)
    links: Throttle = Throttle(rate=10, burst=20)
    webhooks: Throttle = Throttle(rate=10, burst=20)


class ReservedConcurrency(Frozen):
    """Runs at a time that are kept for a function, and are all it gets; 0: it shares what nobody reserved.

    `readers`: of each reader of the order stream; `actions`: of the function of each action.
    """

    readers: Annotated[int, Field(ge=0)] = 0
    actions: Annotated[int, Field(ge=0)] = 0
