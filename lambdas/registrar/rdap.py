"""RDAP, which registries answer for everybody (RFC 9082, 9083): whether a name is registered, never what it costs.

A registry that knows no such name says 404. Every other failure, such as too many queries (429), says nothing of the name.
"""

from collections.abc import Callable, Mapping

from lambdas.registrar.bootstrap import Bootstrap
from lambdas.registrar.registrar import Standing
from lambdas.runtime.json_answer import Fetched, fetch

_ACCEPT = "application/rdap+json, application/json"
_MOST_BYTES = 500_000
_REGISTERED, _NO_SUCH_NAME = 200, 404


class RdapRegistrar:
    """Asks the server of the name's ending. An ending without one is unknown."""

    def __init__(self, bootstrap: Bootstrap | None = None, read: Callable[..., Fetched] = fetch) -> None:
        self._bootstrap, self._read = bootstrap or Bootstrap(), read

    def ask(self, name: str) -> Standing:
        server = self._bootstrap.server_of(name)
        if not server:
            return Standing.UNKNOWN
        status, content = self._read(f"{server}domain/{name}", most_bytes=_MOST_BYTES, accept=_ACCEPT)
        if status == _NO_SUCH_NAME:
            return Standing.FREE
        is_domain = isinstance(content, Mapping) and content.get("objectClassName") == "domain"
        return Standing.TAKEN if status == _REGISTERED and is_domain else Standing.UNKNOWN
