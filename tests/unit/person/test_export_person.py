"""All that is kept of a person is in one file, and nothing that opens or pays anything."""

import json
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest

from infra.operate.person.export import export
from lambdas.records.invoices.invoice import Invoice
from tests.support.build import NOW
from tests.unit.person.conftest import EMAIL, MARK, World, said_by

SECRETS = ("tok_approve", "0a1b2-c3d4e", "a-token", "scrypt")


def exported(world: World, path: Path, **whose: str) -> tuple[int, str, dict[str, bytes]]:
    asked = {"client_id": "", "email": "", **whose}
    code, said = said_by(lambda console: export(world.stage, path, console, **asked, now=NOW))
    if not path.exists():
        return code, said, {}
    with zipfile.ZipFile(path) as archive:
        return code, said, {name: archive.read(name) for name in archive.namelist()}


def read(files: dict[str, bytes], name: str) -> Any:
    return json.loads(files[name])


def test_it_has_client_orders_histories_posts_files_and_invoices(person: World, paid: Invoice, tmp_path: Path) -> None:
    code, said, files = exported(person, tmp_path / "a.zip", client_id="101")

    assert (code, "1 clients, 1 orders" in said) == (0, True)
    assert read(files, "clients/101/client.json")["email"] == EMAIL
    (method,) = read(files, "clients/101/payment_methods.json")
    assert (method["last_four"], method["kind"]) == ("4242", "card")
    assert [each["total_cents"] for each in read(files, "clients/101/invoices.json")] == [paid.total_cents]
    assert files[f"clients/101/documents/invoice-{paid.document_number}.pdf"].startswith(b"%PDF")
    assert read(files, "orders/1001/order.json")["info"]["note"] == MARK
    assert read(files, "orders/1001/posts.json")[0]["body"] == MARK
    assert files[f"orders/1001/files/1/1/1-{MARK}.txt"] == MARK.encode()
    assert read(files, "orders/1001/history.json")[0]["changes"]["/info/note"] == [None, MARK]
    assert "README.txt" in files
    assert read(files, "person.json")["orders"] == ["1001"]


def test_no_secret_and_nobody_else_is_in_it(person: World, paid: Invoice, tmp_path: Path) -> None:
    _, _, files = exported(person, tmp_path / "a.zip", client_id="101", email=EMAIL)
    whole = b"".join(files.values()).decode(errors="replace")

    assert [each for each in SECRETS if each in whole] == []
    assert "o@example.com" not in whole
    assert stat.S_IMODE((tmp_path / "a.zip").stat().st_mode) == 0o600


@pytest.mark.parametrize("address", [EMAIL, f" {EMAIL.upper()} "])
def test_an_address_finds_its_clients_and_leads_too(person: World, address: str, tmp_path: Path) -> None:
    code, said, files = exported(person, tmp_path / "a.zip", email=address)

    assert (code, "1 clients, 2 orders" in said) == (0, True)
    assert "orders/1002/records.json" in files
    assert {each["record"] for each in read(files, "orders/1002/records.json")} == {"lead", "link"}


def test_the_same_data_make_the_same_file(person: World, tmp_path: Path) -> None:
    for name in ("a.zip", "b.zip"):
        exported(person, tmp_path / name, client_id="101")

    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_nobody_makes_no_file(person: World, tmp_path: Path) -> None:
    code, said, files = exported(person, tmp_path / "a.zip", client_id="7", email="nobody@example.com")

    assert (code, files) == (1, {})
    assert "nobody is found" in said


def test_an_order_that_cannot_be_read_is_named(person: World, tmp_path: Path) -> None:
    person.dynamodb.put_item(TableName="orders", Item={"pk": {"S": "1009"}, "sk": {"S": "order"}})
    code, said, files = exported(person, tmp_path / "a.zip", client_id="101")

    assert (code, "order 1009 cannot be read" in said) == (1, True)
    assert read(files, "person.json")["orders_that_cannot_be_read"] == ["1009"]
