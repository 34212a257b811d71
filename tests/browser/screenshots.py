"""`make screenshots`: pictures of every page for docs/forms.md, taken on an engine of its own."""

import sys
import tempfile
from pathlib import Path

import httpx

from infra.local.deployment import deploy
from infra.local.engine_process import LocalEngine
from infra.local.stack import connect
from tests.browser.chromium import chromium
from tests.browser.pages import shown
from tests.browser.walk import Walk
from tests.flow.conftest import Shop

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
FOLDERS = {
    "sandbox_provider": ("card", "confirm"),
    "links": ("resume", "resume-asked", "no-more-reminders", "continue", "begin-anew", "link-over"),
}
_LOOKS = (("", {"width": 1100, "height": 700}, "light"), ("-dark-phone", {"width": 360, "height": 640}, "dark"))
_ON_PHONES = ("first-page", "status")


def main() -> None:
    for folder in ("forms", *FOLDERS):
        (PICTURES / folder).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as root, LocalEngine.start(Path(root) / "engine") as engine:
        for step in deploy(engine):
            sys.stdout.write(f"{step}\n")
        stack = connect(engine, None)
        with httpx.Client(base_url=stack.api_url, auth=(stack.user, stack.token), timeout=60) as http:
            take(Shop(stack, engine, http))


def take(shop: Shop) -> None:
    with chromium() as browser:
        for suffix, viewport, scheme in _LOOKS:
            page = browser.new_page(viewport=viewport, color_scheme=scheme, locale="en-GB")  # type: ignore[arg-type]
            for name in shown(Walk(page, shop.stack.api_url), shop):
                if not suffix or name in _ON_PHONES:
                    page.evaluate("() => scrollTo(0, 0)")  # what sticks to the window's edge is drawn where it begins
                    page.screenshot(path=PICTURES / folder_of(name) / f"{name}{suffix}.png", full_page=True)


def folder_of(name: str) -> str:
    return next((folder for folder, names in FOLDERS.items() if name in names), "forms")


if __name__ == "__main__":
    main()
