"""Reasons why the coupon code of an order gives no discount on it."""

from enum import StrEnum


class CouponMisfit(StrEnum):
    """`off`: staff switched it off. `for_others`: for particular clients, of whom the order's is none. `other_services`: for none
    of the ordered ones. `no_discount`: it counts, and takes nothing off the first charge."""

    UNKNOWN = "unknown"
    OFF = "off"
    TOO_EARLY = "too_early"
    EXPIRED = "expired"
    USED_UP = "used_up"
    FOR_CLIENTS = "for_clients"
    FOR_OTHERS = "for_others"
    OTHER_SERVICES = "other_services"
    NO_DISCOUNT = "no_discount"
