"""The form of web hosting as a person walks through it, by the words they read."""

import re
from dataclasses import dataclass

from playwright.sync_api import Page, expect

PERSON = {
    "First name": "Ada",
    "Last name": "Lovelace",
    "Street and number": "12 St James's Square",
    "Town or city": "London",
}
ORDER = "Order with obligation to pay"  # in the country of PERSON
APPROVED, DECLINED, ASKS_HOLDER = "4242 4242 4242 4242", "4000 0000 0000 0002", "4000 0025 0000 3155"


@dataclass
class Walk:
    """`url`: where the pages are."""

    page: Page
    url: str

    def open(self, path: str = "/forms/hosting") -> "Walk":
        self.page.goto(self.url + path)
        return self

    def on(self, title: str) -> "Walk":
        """Wait until the page with this title is there."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(re.compile(title))
        return self

    def at(self, name: str) -> "Walk":
        """Wait until the form's page with this name is there: titles may change, names do not."""
        expect(self.page.locator(f'#fill-in[action$="/{name}"]')).to_be_visible()
        return self

    def plan(self, email: str = "ada@example.com") -> "Walk":
        self.at("plan")
        self.page.get_by_text("a year").first.click()
        self.page.get_by_label("Email address").fill(email)
        return self.go_on()

    def extras(self) -> "Walk":
        self.at("extras")
        self.page.get_by_label("Host name of your web site").fill("www.example.com")
        return self.go_on()

    def contact(self) -> "Walk":
        self.at("contact")
        self.page.get_by_label("Country").select_option("GB")
        self.page.wait_for_load_state("networkidle")  # the address comes as the country has it
        self.page.get_by_label("A private person").check()
        for label, typed in PERSON.items():
            self.page.get_by_label(label, exact=True).fill(typed)
        return self.go_on().at("payment")

    def to_payment(self, email: str = "ada@example.com") -> "Walk":
        return self.open().plan(email).extras().contact()

    def agree(self) -> "Walk":
        self.at("payment")
        self.page.get_by_label("I have read the terms").check()
        self.page.get_by_label("Type your full name").fill("Ada Lovelace")
        return self

    def with_card(self, number: str = APPROVED) -> "Walk":
        """To the provider's page and back."""
        self.agree()
        self.page.get_by_label(re.compile("Pay by (another )?card")).check()
        self.page.get_by_role("button", name="Continue to enter your card").click()
        self.on("Enter your card")
        self.page.get_by_label("Card number").fill(number)
        self.page.get_by_label("Expires").fill("12/34")
        self.page.get_by_label("Security code").fill("123")
        self.page.get_by_role("button", name="Use this card").click()
        return self.at("payment")

    def order(self) -> "Walk":
        self.page.get_by_role("button", name=ORDER).click()
        return self

    def ordered(self) -> str:
        """The order's reference, from its status page."""
        self.page.wait_for_url("**/orders/**")
        return self.page.locator(".form-title").inner_text().removeprefix("Order ")

    def go_on(self) -> "Walk":
        self.page.get_by_role("button", name="Continue").click()
        return self

    def order_reference(self) -> str:
        """As the summary beside the form says it."""
        return self.page.locator("#summary-title .order-number").inner_text()
