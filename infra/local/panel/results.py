"""Answers of the stand-in panel (infra/local/panel/server.py) by path: plausible, and the same for the same order."""

from collections.abc import Callable, Mapping
from typing import Any

# Slow requests, with the first answer. The final answer is sent later.
TAKES_TIME: Mapping[str, str] = {
    "/install": "the installer has booted",
    "/burn-in": "the test is running",
    "/validation": "waiting for the DNS record _validate",
}

_RESULTS: Mapping[str, Callable[[int], dict[str, Any]]] = {
    "/accounts": lambda number: {"account": f"web{number}", "host": "web-3.example.com"},
    "/zones": lambda number: {"name_server": "ns1.example.com"},
    "/domains/check": lambda number: {"available": "yes", "price": "14.50"},
    "/domains": lambda number: {"registry_id": f"D{number:08}", "years": 1},
    "/servers/reserve": lambda number: {"server": f"srv-{number:04}", "rack": f"R{12 + number % 8}"},
    "/racks/reserve": lambda number: {"rack": f"R{12 + number % 8}", "units": "20-29", "feeds": "A+B 16 A"},
    "/network": lambda number: {"ip": f"203.0.113.{2 + number % 250}", "vlan": 1000 + number % 1000, "port": "sw-13/4"},
    "/install": lambda number: {"os": "Debian 13", "host": f"srv-{number:04}.example.com"},
    "/burn-in": lambda number: {"hours": 24, "errors": 0},
    "/reports": lambda number: {"score": 82, "limit": "25000.00"},
    "/certificates": lambda number: {"certificate": f"C{number:08}"},
    "/validation": lambda number: {"validated_by": "DNS"},
}


def result_of(path: str, order_id: str) -> dict[str, Any]:
    """The reason, in words, and the result of doing what `path` stands for."""
    number = int(order_id) if order_id.isdigit() else 0
    result = _RESULTS[path](number) if path in _RESULTS else {}
    return {"reason": ", ".join(f"{name} {value}" for name, value in result.items()), "result": result}
