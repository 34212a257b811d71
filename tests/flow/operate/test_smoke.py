"""`make smoke` on the stage that is deployed here: it finds nothing wrong, and says so where something is."""

from io import StringIO

import httpx
import pytest
from rich.console import Console

from infra.operate.smoke.__main__ import Deployed, smoke
from infra.operate.smoke.doors import ask_doors
from infra.operate.smoke.findings import Verdict
from infra.operate.smoke.order import ask_order
from infra.stages.settings import settings_of
from lambdas.records.users.api_user import ApiUserRecords
from tests.flow.conftest import Shop

pytestmark = pytest.mark.engine


@pytest.fixture
def deployed(shop: Shop) -> Deployed:
    return Deployed(
        settings=settings_of("local"),
        url=shop.stack.api_url,
        machines=shop.stack.machines,
        record_table=shop.stack.record_table,
        options=shop.engine.client_options(),
    )


def test_nothing_is_wrong_with_the_local_stage(shop: Shop, deployed: Deployed) -> None:
    screen = StringIO()

    code = smoke(deployed, Console(file=screen, width=250))

    said = screen.getvalue()
    assert code == 0, said
    assert "came to Complete" in said
    assert "it asked the table, which has no such order" in said, said
    users = [user for user in ApiUserRecords(shop.records).list() if user.name.startswith("smoke-")]
    assert users and not any(user.active for user in users)


def test_a_stage_that_takes_real_money_gets_a_lead_that_is_canceled(shop: Shop) -> None:
    (found,) = ask_order(shop.http, 1, submits=False)

    assert (found.verdict, "is Canceled" in found.text) == (Verdict.RIGHT, True), found


def test_an_order_that_comes_to_no_end_is_wrong_and_canceled(shop: Shop) -> None:
    stuck, canceled = ask_order(shop.http, 1, submits=True, give_up_seconds=-1)

    assert (stuck.verdict, canceled.verdict) == (Verdict.WRONG, Verdict.RIGHT), (stuck, canceled)


def test_who_may_not_order_is_told_why(shop: Shop) -> None:
    with httpx.Client(base_url=shop.stack.api_url, auth=("nobody", "nothing")) as stranger:
        (found,) = ask_order(stranger, 1, submits=True)

    assert found.verdict is Verdict.WRONG
    assert "order.create: 401" in found.text


def served(answers: dict[str, httpx.Response]) -> httpx.Client:
    def answer(request: httpx.Request) -> httpx.Response:
        return answers.get(request.url.path, httpx.Response(404))

    return httpx.Client(base_url="https://orders.example", transport=httpx.MockTransport(answer))


def test_a_renamed_challenge_and_a_login_window_on_a_public_page_are_wrong() -> None:
    renamed = httpx.Response(401, headers={"x-amzn-Remapped-WWW-Authenticate": 'Basic realm="orders"'})
    window = httpx.Response(401, headers={"WWW-Authenticate": 'Basic realm="orders"'})
    answers = {"/order.list": renamed, "/robots.txt": window, "/forms/": httpx.Response(503)}

    found = {finding.about: finding for finding in ask_doors(served(answers))}

    wrong = {about for about, finding in found.items() if finding.verdict is Verdict.WRONG}
    assert {
        "login asked for: POST /order.list",
        "open to everybody: GET /robots.txt",
        "open to everybody: HEAD /robots.txt",
        "open to everybody: GET /forms/",
    } <= wrong
    assert "renamed" in found["login asked for: POST /order.list"].text
    assert found["open to everybody: GET /"].verdict is Verdict.RIGHT
