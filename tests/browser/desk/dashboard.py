"""A dashboard of the AWS console with the desk's widgets, as a viewer sees it: the functions behind it are the deployed ones.

DOMPurify cleans their HTML, as strictly as AWS says that it does, and stricter where it says nothing.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/add_custom_widget_dashboard_security.html
"""

import json
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.flow.conftest import Shop

_HERE = Path(__file__).parent
_PURIFY = _HERE.parents[2] / "node_modules" / "dompurify" / "dist" / "purify.min.js"
# As infra/operations/dashboards.py lays them out.
WIDGETS = (("Worklist", "worklist"), ("Board", "board"), ("Find an order", "find"))


class Dashboard:
    """`called`: what the page called, as the short name of the function and its event."""

    def __init__(self, page: Page, shop: Shop) -> None:
        self.page = page
        self.called: list[tuple[str, dict[str, Any]]] = []
        self._functions = shop.client("lambda")
        self._arns = {part: self._arn(f"Widgets{part}") for part in ("Reader", "Actor")}
        page.expose_function("invokeFunction", self._invoke)

    def open(self, theme: str = "light") -> "Dashboard":
        self.page.set_content((_HERE / "dashboard.html").read_text("utf-8").replace('"light"', f'"{theme}"'))
        self.page.add_script_tag(path=_PURIFY)
        self.page.add_script_tag(path=_HERE / "dashboard.js")
        for title, shows in WIDGETS:
            self.page.evaluate(
                "([title, arn, params]) => addWidget(title, arn, params)",
                [title, self._arns["Reader"], {"show": shows}],
            )
        return self

    def widget(self, title: str) -> Locator:
        return self.page.get_by_role("region", name=title, exact=True)

    def press(self, title: str, text: str) -> "Dashboard":
        """Press a link or button of the widget by its text."""
        self.widget(title).locator("a", has_text=re.compile(f"^{re.escape(text)}$")).first.click()
        return self

    def shows(self, title: str, heading: str) -> "Dashboard":
        expect(self.widget(title).get_by_role("heading", level=1)).to_contain_text(heading)
        return self

    def refresh(self, title: str) -> "Dashboard":
        """Show the widget as it is configured."""
        self.page.evaluate("title => refresh(title)", title)
        return self

    def find(self, query: str) -> "Dashboard":
        self.widget("Find an order").get_by_label("Find orders").fill(query)
        return self.press("Find an order", "Find")

    def answer(self, button: str, question: str) -> "Dashboard":
        """Answer the question of a button with `Confirm` or `Cancel`."""
        dialog = self.page.get_by_role("dialog", name="Confirm")
        expect(dialog).to_contain_text(question)
        dialog.get_by_role("button", name=button).click()
        expect(dialog).to_be_hidden()
        return self

    def popup(self, *texts: str) -> "Dashboard":
        """Wait for a pop-up that says this, and close it."""
        dialog = self.page.get_by_role("dialog", name="Pop-up")
        for text in texts:
            expect(dialog).to_contain_text(text)
        dialog.get_by_role("button", name="Close").click()
        return self

    def cut(self) -> list[str]:
        """What the dashboard removed."""
        return list(self.page.evaluate("() => window.cut"))

    def endpoints(self) -> set[str]:
        """The functions that anything in the page would call."""
        found = self.page.evaluate(
            "() => [...document.querySelectorAll('cwdb-action')].map((each) => each.getAttribute('endpoint'))"
        )
        return {next((part for part, arn in self._arns.items() if arn == each), each) for each in found}

    def _invoke(self, endpoint: str, event: dict[str, Any]) -> Any:
        self.called.append((next((part for part, arn in self._arns.items() if arn == endpoint), endpoint), event))
        answer = self._functions.invoke(FunctionName=endpoint, Payload=json.dumps(event))
        assert "FunctionError" not in answer, answer["Payload"].read()
        return json.loads(answer["Payload"].read())

    def _arn(self, part: str) -> str:
        pages = self._functions.get_paginator("list_functions").paginate()
        (arn,) = (each["FunctionArn"] for page in pages for each in page["Functions"] if part in each["FunctionName"])
        return str(arn)
