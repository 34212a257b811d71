"""Programs that would fill in the form: they keep cookies, and make no page of ours."""

import base64
import hashlib
import hmac
import time

import httpx

from lambdas.records.links.link import new_token
from tests.flow.conftest import Shop
from tests.flow.doors.test_forms import Visitor


def test_leads_are_not_made_by_a_program_that_signs_its_own_pages(shop: Shop) -> None:
    token, at = new_token(), int(time.time()) - 60

    def made(purpose: str) -> str:
        digest = hmac.digest(token.encode(), purpose.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    typed = {"plan": "1:12", "email": "flood@example.com", "csrf": made("csrf"), "shown": f"{at}.{made(f'shown:{at}')}"}
    with httpx.Client(base_url=shop.stack.api_url, cookies={"form-hosting": token}, timeout=60) as http:
        assert {http.post("/forms/hosting", data=typed).status_code for _ in range(10)} == {403}
        page = Visitor(http).open("/forms/hosting").page.inputs
        assert http.post("/forms/hosting", data={**typed, "csrf": page["csrf"]}).status_code == 422
    leads = shop.done("order.list", {"order_queue_id": 1, "step_status": 1, "limit": 100, "direction": "desc"})[
        "orders"
    ]
    assert not [lead for lead in leads if lead["info"].get("email") == "flood@example.com"]
