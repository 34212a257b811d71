"""Durations in buckets of fixed, logarithmic bounds: counts can be added up, and quantiles are off by an eighth at most.

Bucket 0 is what took less than a second. Bucket n ends at 2 ** (n / 3) seconds, and a duration is taken for the geometric middle
of its bucket. So the error is below 2 ** (1 / 6) - 1, which is 12.3 %.
"""

from collections.abc import Mapping
from math import ceil, floor, log2

PER_DOUBLING = 3
LAST = 90  # 34 years


def bucket_of(seconds: int) -> int:
    """The bucket of a duration. One that ends before it began, because clocks differ, took no time."""
    if seconds < 1:
        return 0
    return min(1 + floor(PER_DOUBLING * log2(seconds)), LAST)


def quantile_seconds(counts: Mapping[int, int], share: float) -> int | None:
    """The duration that this share of all does not exceed, such as 0.5 for the median. None: there are none."""
    total = sum(counts.values())
    if not total:
        return None
    place, passed = max(1, ceil(share * total)), 0
    for bucket in sorted(counts):
        passed += counts[bucket]
        if passed >= place:
            return _middle_seconds(bucket)
    raise AssertionError("all were passed")


def _middle_seconds(bucket: int) -> int:
    return 0 if bucket == 0 else round(2 ** ((bucket - 0.5) / PER_DOUBLING))
