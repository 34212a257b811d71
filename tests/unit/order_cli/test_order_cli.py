"""The command line `order` over the API in memory: what it shows, what it refuses, and what it never does unasked."""

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from infra.operate.order import login, session
from infra.operate.order.__main__ import app
from infra.operate.order.connection import Connection
from infra.operate.order.login import Login
from infra.operate.order.tables import plain
from lambdas.read_models.history.history import History
from lambdas.read_models.history.table import HistoryTable
from tests.support.build import CARD, CONTACT
from tests.unit.api.bulk.conftest import CLIENT, Desk, desk
from tests.unit.api.conftest import caller

__all__ = ["caller", "desk"]

HOSTILE = "[red]Ada[/red]\x1b[2J\x1b]0;gotcha\x07"


class _OverTheApi(httpx.BaseTransport):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.called: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.called.append(request.url.path)
        answer = self.desk.caller.call(request.url.path.strip("/"), json.loads(request.content))
        if request.url.path == "/order.bulk_run" and answer.status == 200:
            self.desk.carry_out(answer.body["bulk_run_id"])
        return httpx.Response(answer.status, json=answer.body)


@pytest.fixture
def api(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> _OverTheApi:
    transport = _OverTheApi(desk)
    monkeypatch.setattr(session, "connect", lambda stage: Connection(Login("http://api.test", "web", "x"), transport))
    return transport


def order(*arguments: str, answer: str = "") -> Result:
    return CliRunner().invoke(app, arguments, input=answer, env={"COLUMNS": "200"})


def test_bulk_shows_a_preview_and_does_nothing_unless_it_is_told_to(api: _OverTheApi) -> None:
    order_id = api.desk.failed()

    shown = order("bulk", "do", "retry", order_id)

    assert shown.exit_code == 0, shown.output
    assert "process again Provision Client (101)" in shown.output
    assert "nothing was done" in shown.output
    assert "/order.bulk_run" not in api.called


def test_bulk_runs_what_it_showed_after_a_yes_and_not_after_a_no(api: _OverTheApi) -> None:
    order_id = api.desk.failed()
    asked = ("bulk", "do", "retry", "--queue", "1", "--state", "failed", "--execute", "--reason", "it is back")

    no = order(*asked, answer="n\n")
    assert no.exit_code == 1
    assert api.desk.row(order_id).actions[str(CLIENT)].requested_at is None

    yes = order(*asked, answer="y\n")
    assert yes.exit_code == 0, yes.output
    assert api.desk.row(order_id).changed_because == "it is back"


def test_a_run_of_which_not_all_is_done_ends_with_1(api: _OverTheApi, monkeypatch: pytest.MonkeyPatch) -> None:
    canceled, other = api.desk.failed(), api.desk.failed()
    carry_out = api.desk.carry_out

    def cancel_first(run_id: str) -> dict[str, Any]:
        api.desk.caller.call("order.cancel", {"order_id": canceled})
        return carry_out(run_id)

    monkeypatch.setattr(api.desk, "carry_out", cancel_first)

    ran = order("bulk", "do", "retry", canceled, other, "--execute", "--yes", "--reason", "back", "--json")

    assert ran.exit_code == 1
    report = json.loads(ran.stdout)
    assert {each["order_id"]: each["outcome"] for each in report["outcomes"]} == {canceled: "changed", other: "done"}
    again = order("bulk", "show", report["bulk_run_id"], "--json")
    assert (again.exit_code, json.loads(again.stdout)["changed"]) == (1, 1)


def test_a_run_without_a_reason_is_refused_before_anything_is_asked(api: _OverTheApi) -> None:
    refused = order("bulk", "do", "retry", "1001", "--execute")

    assert refused.exit_code == 2
    assert api.called == []


def test_refusals_of_the_api_are_told_in_its_words_and_end_with_1(api: _OverTheApi) -> None:
    refused = order("get", "999999")

    assert refused.exit_code == 1
    assert "refused (order_not_found): no order has the id 999999" in refused.stderr
    assert refused.stdout == ""


def test_effects_answer_a_client_before_they_list_anything(api: _OverTheApi) -> None:
    sent = {"order_queue_id": 1, "info": {**CONTACT, **CARD, "pack1": {"plan_id": "1", "period": 1}}}
    order_id = str(api.desk.caller.call("order.create", sent).body["order_id"])
    api.desk.caller.call("order.submit", {"order_id": order_id})

    shown = order("effects", order_id)

    assert shown.exit_code == 0, shown.output
    assert shown.stdout.startswith("No: nothing was taken, and ")
    for text in ("authorize", "done", "held", "was looked up, 1 in all"):
        assert text in shown.stdout


def test_single_verbs_act_on_their_order(api: _OverTheApi) -> None:
    skipped, canceled = api.desk.failed(), api.desk.failed()

    for arguments in (
        ("process", canceled, "101"),
        ("skip", skipped, "101", "--reason", "known"),
        ("cancel", canceled, "--reason", "known"),
        ("list", "--queue", "1"),
        ("get", skipped),
        ("note", skipped, "called the client"),
    ):
        done = order(*arguments)
        assert done.exit_code == 0, (arguments, done.output)

    assert api.desk.row(canceled).canceled_because == "known"
    assert api.desk.row(skipped).actions["101"].state == "skipped"


def test_order_text_is_shown_as_text_and_never_obeyed_by_the_terminal(api: _OverTheApi) -> None:
    order_id = api.desk.order(listed_company="[bold]Ada[/bold] :bomb:")

    shown = order("list", "--queue", "1")

    assert "[bold]Ada[/bold] :bomb:" in shown.output
    assert api.desk.row(order_id).listed_company in shown.output
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", plain(HOSTILE).plain)
    assert plain(HOSTILE).plain.startswith("[red]Ada[/red]")


def test_history_is_a_row_a_change_with_what_changed_in_it(api: _OverTheApi) -> None:
    backend = api.desk.caller.api.backend
    history = History(HistoryTable(backend.history), backend.service.now)
    order_id = api.desk.order(listed_company="Seaside")
    first = api.desk.row(order_id)
    history.follow(None, first)
    assert order("note", order_id, "call back").exit_code == 0
    history.follow(first, noted := api.desk.row(order_id))
    hostile = noted.changed(
        revision=noted.revision + 1, listed_company="[b]\x1b[2J", changed_by="ada", changed_how="contact"
    )
    history.follow(noted, hostile)
    backend.service.orders.save(hostile.changed(revision=noted.revision))

    told, old = order("history", order_id), order("history", order_id, "--oldest-first", "--limit", "1")
    assert (told.exit_code, old.exit_code) == (0, 0), told.output
    rows = [line.split("│")[1:-1] for line in told.output.splitlines() if line.startswith("│")]
    begun = [row[0].strip() for row in rows if row[0].strip()]
    assert begun == [str(hostile.revision), str(noted.revision), str(first.revision)]
    assert "Seaside -> [b]" in told.output
    assert "\x1b" not in told.output
    assert f"more: --cursor {first.revision:09d}" in old.output
    assert order("get", order_id, "--at", str(first.revision)).exit_code == 0
    assert order("history", "999999").exit_code == 1


def test_no_command_takes_a_token(api: _OverTheApi) -> None:
    for arguments in ([], ["login"], ["bulk", "do"], ["get"]):
        assert "--token" not in order(*arguments, "--help").output


def test_a_login_is_kept_for_its_owner_alone_and_one_that_others_may_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    for name in ("ORDER_URL", "ORDER_USER", "ORDER_TOKEN"):
        monkeypatch.delenv(name, raising=False)

    kept = order("login", "dev", "--url", "https://api.test", answer="ada\nsecret\n")

    file = login.file_of("dev")
    assert kept.exit_code == 0, kept.output
    assert "secret" not in kept.output
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    found = login.login_of("dev")
    assert (found.url, found.user, found.token) == ("https://api.test", "ada", "secret")
    assert "secret" not in repr(found)
    file.chmod(0o644)
    with pytest.raises(login.LoginError, match="chmod 600"):
        login.login_of("dev")


def test_the_environment_wins_and_without_a_login_the_command_says_how_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("ORDER_USER", raising=False)

    missing = order("get", "1001", "--stage", "dev")
    assert missing.exit_code == 3
    assert "order login dev" in missing.stderr

    for name, value in {"ORDER_URL": "http://other.test", "ORDER_USER": "bob", "ORDER_TOKEN": "t"}.items():
        monkeypatch.setenv(name, value)
    assert login.login_of("dev") == Login("http://other.test", "bob", "t")


def test_an_api_that_does_not_answer_ends_with_3(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route")

    connection = Connection(Login("http://api.test", "web", "secret"), httpx.MockTransport(refuse))
    monkeypatch.setattr(session, "connect", lambda stage: connection)

    assert order("get", "1001").exit_code == 3
