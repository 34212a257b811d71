"""Which server of RDAP knows the names of an ending: IANA's bootstrap file (RFC 9224)."""

import time
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from lambdas.runtime.json_answer import Fetched, fetch

BOOTSTRAP = "https://data.iana.org/rdap/dns.json"
KEPT_SECONDS, RETRY_SECONDS = 86_400, 60
_MOST_BYTES = 2_000_000


class Bootstrap:
    """Fetched when first needed, and again once a day. Without an answer, what is known stays good."""

    def __init__(
        self,
        address: str = BOOTSTRAP,
        *,
        now: Callable[[], float] = time.monotonic,
        read: Callable[..., Fetched] = fetch,
    ) -> None:
        self._address, self._now, self._read = address, now, read
        self._servers: Mapping[str, str] = {}
        self._again_at = float("-inf")
        self._lock = Lock()

    def server_of(self, name: str) -> str:
        """The address, with a slash at its end; empty if none is known. The longest ending that fits counts."""
        servers, labels = self._known(), name.split(".")
        endings = (".".join(labels[at:]) for at in range(1, len(labels)))
        return next((servers[ending] for ending in endings if ending in servers), "")

    def _known(self) -> Mapping[str, str]:
        with self._lock:  # names are asked for side by side, and one of them fetches
            if self._now() >= self._again_at:
                status, content = self._read(self._address, most_bytes=_MOST_BYTES)
                found = _servers(content, urlsplit(self._address).scheme) if status == 200 else {}
                self._servers = found or self._servers
                self._again_at = self._now() + (KEPT_SECONDS if found else RETRY_SECONDS)
            return self._servers


def _servers(content: Any, scheme: str) -> dict[str, str]:
    """By ending. Only addresses that are as safe as the file's own: HTTPS."""
    services = content.get("services") if isinstance(content, Mapping) else None
    found: dict[str, str] = {}
    for service in services if isinstance(services, list) else ():
        match service:
            case [[*endings], [*addresses]]:
                safe = [str(each) for each in addresses if urlsplit(str(each)).scheme == scheme]
                found |= {str(ending).lower(): f"{safe[0].rstrip('/')}/" for ending in endings if safe}
    return found
