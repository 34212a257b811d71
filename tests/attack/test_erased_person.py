"""A person who is erased is found nowhere any more but on their invoice and in the mails they got; money and chain stay whole."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import uuid4
from zipfile import ZipFile

import pytest

from infra.operate import verify_history
from infra.operate.check_orders import deployed
from infra.operate.person import erase, export
from lambdas.watch.invariants.compared import Standing
from lambdas.watch.invariants.of_payments import PaymentsOfADay
from tests.attack.everything_kept import EverythingKept
from tests.flow.conftest import Shop, new_client_order, until
from tests.flow.operate.conftest import has_heard

LEFT = {"table StorageRecordTable invoice", "mail"}


@pytest.fixture
def kept(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> EverythingKept:
    for name, value in shop.engine.environment().items():
        monkeypatch.setenv(name, value)
    return EverythingKept(shop, datetime.now(UTC), "")


def standing_of(shop: Shop, order_id: str) -> list[tuple[Standing, str]]:
    """How the order's payments of today compare with the provider's."""
    stage = deployed("local", shop.engine.client_options())
    today = datetime.now(UTC).strftime("%Y-%m-%d")
    payments = PaymentsOfADay(stage.gateway, stage.orders, stage.records, today, stage.now())
    return [(each.standing, each.seen.state.value) for each in payments.compare() if each.place == order_id]


def test_only_the_invoice_and_what_was_mailed_still_name_them(shop: Shop, kept: EverythingKept, tmp_path: Path) -> None:
    mark = "q" + uuid4().hex.translate(str.maketrans("0123456789", "ghijklmnop"))[:12]
    person = {"first": mark, "last": mark, "company": mark, "email": f"{mark}@example.com", "address": mark}
    lead = str(shop.done("order.create", new_client_order(**person))["order_id"])
    order_id = str(shop.done("order.create", new_client_order(**person, uber_login=mark))["order_id"])
    said = {"order_id": order_id, "subject": mark, "followup": mark}
    shop.http.post("/order.respond", data=said, files={"attach": (f"{mark}.txt", mark.encode())}).raise_for_status()
    shop.done("order.submit", {"order_id": order_id})
    shop.until_step(order_id, "complete")
    for each in (lead, order_id):
        until("history has caught up", partial(has_heard, shop, each))
    invoice, effects = shop.invoices.of_order(order_id), shop.done("order.effects", {"order_id": order_id})
    whose = ["--stage", "local", "--email", f"{mark}@example.com"]

    assert export.main([*whose, "--file", str(tmp_path / "a.zip")]) == 0
    with ZipFile(tmp_path / "a.zip") as archive:
        assert {f"orders/{lead}/order.json", f"orders/{order_id}/order.json"} < set(archive.namelist())
    assert erase.main([*whose, "--execute"]) == 0

    until("search has followed", lambda: None if shop.done("order.search", {"query": mark})["orders"] else True)
    found = until("lists have followed", lambda: _only(kept.places_of(mark), LEFT))
    assert set(found) == LEFT, found
    assert verify_history.main(["--stage", "local", lead, order_id]) == 0
    assert shop.invoices.of_order(order_id) == invoice
    assert shop.done("order.effects", {"order_id": order_id})["payments"] == effects["payments"]
    assert standing_of(shop, order_id) == [(Standing.AGREE, "captured")]
    assert erase.main(["--stage", "local", "--client", str(shop._row(order_id).client_id), "--execute"]) == 0


def _only(found: dict[str, str], places: set[str]) -> dict[str, str] | None:
    return found if set(found) <= places else None
