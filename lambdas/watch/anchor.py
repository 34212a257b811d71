"""Anchors the history of each day that is over: puts what its chains are into a bucket with Object Lock, once a day.

The schedule asks every hour, so a day that failed is anchored later, and each day has an object of its own. The function may put
objects and read history, and nothing else: it can neither read nor delete an anchor.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from lambdas.read_models.history.anchors import Anchor, AnchoredChain, anchored, hash_of, name_of_object
from lambdas.read_models.history.table import HistoryTable
from lambdas.records.history_anchor import LastAnchor
from lambdas.records.table import RecordTable
from lambdas.runtime.aws import s3
from lambdas.runtime.cold_start import prepare
from lambdas.runtime.settings import Settings
from lambdas.runtime.telemetry import logger, metrics

_AT_ONCE = 16
MOST_DAYS = 31  # that one run catches up


class AnchorSettings(Settings):
    history_table: str
    record_table: str
    anchor_bucket: str


@dataclass(frozen=True)
class Anchoring:
    """`put`: stores an object under a key. `now`: Unix seconds."""

    history: HistoryTable
    last: LastAnchor
    put: Callable[[str, bytes], None]
    now: Callable[[], int]

    def run(self) -> list[str]:
        """Anchor the days that are over and not anchored. Return them."""
        done = list[str]()
        for day in self._days():
            _, before = self.last.read()
            with ThreadPoolExecutor(_AT_ONCE) as pool:
                chains = pool.map(self._chain, self.history.changed_on(day))
                anchor = Anchor(day, before, tuple(sorted(chains, key=lambda chain: chain.of)), self.history.begun_at())
            content = anchor.packed()
            self.put(name_of_object(day), content)  # again after a crash: another version, which is as true
            self.last.write(day, hash_of(content))
            logger.info("history anchored", day=day, chains=len(anchor.chains))
            done.append(day)
        return done

    def _chain(self, of: str) -> AnchoredChain:
        return anchored(of, self.history.contents_of(of))

    def _days(self) -> Iterator[str]:
        """From the one after the last anchor to yesterday; at first, yesterday."""
        yesterday = datetime.fromtimestamp(self.now(), UTC).date() - timedelta(days=1)
        last, _ = self.last.read()
        first = date.fromisoformat(last) + timedelta(days=1) if last else yesterday
        for number in range(min((yesterday - first).days + 1, MOST_DAYS)):
            yield (first + timedelta(days=number)).isoformat()


@cache
def _anchoring() -> Anchoring:
    settings = AnchorSettings.from_environment()
    bucket = settings.anchor_bucket

    def put(key: str, content: bytes) -> None:
        """S3 wants a checksum for each object that Object Lock will hold. The bucket's default says for how long it does."""
        s3().put_object(
            Bucket=bucket, Key=key, Body=content, ContentType="application/gzip", ChecksumAlgorithm="SHA256"
        )

    return Anchoring(
        HistoryTable(RecordTable(settings.history_table)),
        LastAnchor(RecordTable(settings.record_table)),
        put,
        lambda: int(time.time()),
    )


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Anchor what is to be anchored."""
    return {"anchored": _anchoring().run()}


prepare(_anchoring)
