"""The scenes of `make run QUEUE=...`: for each sample queue an order, and the acts of people and outside parties."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.local.play.order import CARD, NEW_CLIENT

SECOND_PEOPLE = frozenset({"qa lead", "legal"})  # owners whose checks are not for those who did the work

Fields = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Scene:
    """`skips`: actions that a person skips, and why. `fails`: the action whose call is refused once, its path at the stand-in
    panel, and why. `cancel_at`: the second order is canceled while it waits there."""

    packs: Fields = field(default_factory=lambda: {"pack1": {"plan_id": "1", "desserv": "analytical-engines.example"}})
    payment: Fields = field(default_factory=lambda: CARD)
    skips: Mapping[str, str] = field(default_factory=dict)
    fails: tuple[str, str, str] = ("", "", "")
    cancel_at: str = ""
    because: str = "the client changed their mind"

    def order(self, order_queue_id: int) -> dict[str, Any]:
        return {"order_queue_id": order_queue_id, "info": {**NEW_CLIENT, **self.payment, **self.packs}}


SCENES: Mapping[str, Scene] = {
    "virtual_hosting": Scene(
        fails=("Create Hosting Account", "/accounts", "web-3 has no room left; web-4 is being added"),
        cancel_at="Create Hosting Account",
    ),
    "dedicated_server": Scene(
        packs={
            "pack1": {
                "plan_id": "2",
                "period": 1,
                "desserv": "engine1.analytical-engines.example",
                "options": {"31": "101", "32": "110"},
            }
        },
        skips={"Identity Call-back": "a client of ours for years, under another name"},
        fails=("Assign Network", "/network", "no free port on switch sw-12; sw-13 is being cabled"),
        cancel_at="Install OS",
    ),
    "ssl_and_domain": Scene(
        packs={
            "pack1": {"plan_id": "3", "period": 12, "desserv": "analytical-engines.example"},
            "pack2": {"plan_id": "4", "period": 0, "desserv": "www.analytical-engines.example"},
        },
        skips={"Vet Organization": "a DV certificate"},
        fails=("Register Domain", "/domains", "the registry is down for maintenance until six"),
        cancel_at="Receive CSR",
    ),
    "colocation": Scene(
        packs={
            "pack1": {"desserv": "Colocation, 10 units, 2 x 16 A", "price": "480.00", "setup": "250.00", "period": 1}
        },
        payment={},
        skips={"Receive Deposit": "none was agreed"},
        fails=("Reserve Rack Units and Power", "/racks/reserve", "no rack has two free feeds; R14 is freed tomorrow"),
        cancel_at="Install Power",
    ),
}
