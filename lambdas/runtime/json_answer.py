"""One question to somebody outside that is answered with JSON, bounded in time and size."""

import json
from collections.abc import Mapping
from typing import Any

TIMEOUT_SECONDS = 2.5
NO_ANSWER = 0  # in place of a status

Fetched = tuple[int, Any]


def fetch(
    address: str, *, most_bytes: int, accept: str = "application/json", body: Mapping[str, Any] | None = None
) -> Fetched:
    """GET, or POST of `body`.

    The status, NO_ANSWER if there was none, and the content, None if that is no JSON. No redirect is followed,
    because it could lead anywhere."""
    import urllib3  # Comes with the Lambda runtime.

    pool = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(total=TIMEOUT_SECONDS))
    headers = {"Accept": accept, "User-Agent": "order-queues", **({"Content-Type": "application/json"} if body else {})}
    sent = json.dumps(body).encode() if body else None
    try:
        answer = pool.request(
            "POST" if body else "GET", address, body=sent, headers=headers, redirect=False, preload_content=False
        )
        content = answer.read(most_bytes + 1)
        answer.close()
    except (urllib3.exceptions.HTTPError, ValueError):
        return NO_ANSWER, None
    return answer.status, _read(content) if len(content) <= most_bytes else None


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
