"""One GET of JSON from somebody outside, bounded in time and size."""

import json
from typing import Any

TIMEOUT_SECONDS = 2.5
NO_ANSWER = 0  # in place of a status

Fetched = tuple[int, Any]


def fetch(address: str, *, most_bytes: int, accept: str = "application/json") -> Fetched:
    """The status, NO_ANSWER if there was none, and the content, None if that is no JSON. No redirect is followed,
    because it could lead anywhere."""
    import urllib3  # Comes with the Lambda runtime.

    pool = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(total=TIMEOUT_SECONDS))
    headers = {"Accept": accept, "User-Agent": "order-queues"}
    try:
        answer = pool.request("GET", address, headers=headers, redirect=False, preload_content=False)
        body = answer.read(most_bytes + 1)
        answer.close()
    except (urllib3.exceptions.HTTPError, ValueError):
        return NO_ANSWER, None
    return answer.status, _read(body) if len(body) <= most_bytes else None


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
