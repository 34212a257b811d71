"""A member of staff at the desk, by the words they read."""

import re
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.flow.conftest import Shop, new_client_order

DEDICATED, CALL_BACK = 3, "Identity Call-back"
PERSON = {"first": "Ada", "last": "Lovelace", "company": "Analytical Engines Ltd", "email": "ada@example.com"}


@dataclass
class DeskStaff:
    """`shop`: the system behind the pages."""

    page: Page
    shop: Shop

    def open(self, path: str = "/desk") -> "DeskStaff":
        self.page.goto(self.shop.stack.api_url + path)
        return self

    def sign_in(self, person: str = "") -> "DeskStaff":
        stack = self.shop.stack
        user, token = stack.people[person] if person else (stack.user, stack.token)
        self.page.get_by_label("User").fill(user)
        self.page.get_by_label("Token").fill(token)
        self.page.get_by_role("button", name="Sign in").click()
        return self

    def order(self, order_id: str) -> "DeskStaff":
        self.open(f"/desk/orders/{order_id}")
        return self.on(f"Order {order_id}")

    def on(self, title: str) -> "DeskStaff":
        expect(self.page.get_by_role("heading", level=1)).to_have_text(re.compile(title))
        return self

    def do(self, act: str, **typed: str) -> "DeskStaff":
        """Press the button of an act; one with inputs is opened and filled in first, by their labels."""
        summary = self.page.locator("summary", has_text=act)
        if typed:
            summary.click()
            for label, value in typed.items():
                self.page.locator("details[open]").get_by_label(label.replace("_", " ")).fill(value)
        self.page.get_by_role("button", name=act).click()
        return self

    def notice(self, text: str) -> "DeskStaff":
        expect(self.page.locator(".notice")).to_have_text(text)
        return self

    def action(self, name: str, word: str) -> "DeskStaff":
        """Wait until the checklist shows the action in this state; the page updates itself."""
        action = self.page.locator(".action", has=self.page.locator(".name", has_text=re.compile(f"^{name}$")))
        expect(action.locator(".word")).to_have_text(word)
        return self


def dedicated_order(shop: Shop, **info: str) -> str:
    """The number of an order of a dedicated server that waits for the call-back."""
    order = new_client_order(**{**PERSON, "phone": "+44 20 7946 0018", **info})
    created = shop.done("order.create", {**order, "order_queue_id": DEDICATED})
    order_id = str(created["order_id"])
    shop.done("order.submit", {"order_id": order_id})
    shop.until_action(order_id, CALL_BACK, "waiting")
    return order_id
