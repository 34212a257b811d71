"""Everybody can order: without a mouse, without JavaScript, on a narrow telephone, and with whatever reads pages to them."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import NewWalk
from tests.browser.measured import (
    MOST_BYTES,
    MOST_MILLISECONDS,
    SHIFTS,
    bytes_of,
    enlarge,
    milliseconds_to_paint,
    settled,
    shifts_of,
    wide_of,
)
from tests.browser.pages import PAGES, problems_of, shown
from tests.browser.walk import APPROVED, ORDER, PERSON, Walk
from tests.flow.conftest import Shop


def focused(page: Page) -> str:
    """The id, or the words, of what has the focus; of nothing in the page, whose words are those of all of it, none."""
    said = (
        "() => { const has = document.activeElement;"
        " return has === document.body ? 'BODY' : has.id || has.innerText || has.tagName }"
    )
    return str(page.evaluate(said))


# Of a choice it is the card around it that shows the focus.
_OUTLINE = "() => getComputedStyle(document.activeElement.closest('.card') ?? document.activeElement).outlineStyle"


def tab_to(page: Page, wanted: str) -> None:
    for _ in range(40):
        page.keyboard.press("Tab")
        if wanted in focused(page):
            assert page.evaluate(_OUTLINE) != "none", f"nothing shows that {wanted} has the focus"
            return
    raise AssertionError(f"the tab key does not come to {wanted}")


def test_who_has_only_a_keyboard_orders(walk: Walk, shop: Shop) -> None:
    page, keys = walk.open().at("plan").page, walk.page.keyboard
    keys.press("Tab")
    assert focused(page) == "Skip to the content"
    keys.press("Enter")
    tab_to(page, "plan")
    keys.press("ArrowDown")
    tab_to(page, "email")
    keys.type("ada@example.com")
    keys.press("Enter")
    walk.at("extras")
    tab_to(page, "Continue")
    keys.press("Enter")
    walk.at("contact")
    tab_to(page, "country")
    keys.type("United Kingdom")
    page.wait_for_load_state("networkidle")
    tab_to(page, "orders_as")
    keys.press("Space")
    for name, typed in zip(("first", "last", "address", "city"), PERSON.values(), strict=True):
        tab_to(page, name)
        keys.type(typed)
    tab_to(page, "Continue")
    keys.press("Enter")
    walk.at("payment")
    tab_to(page, "terms")
    keys.press("Space")
    tab_to(page, "terms_signature")
    keys.type("Ada Lovelace")
    tab_to(page, "payment")
    assert page.get_by_label("Pay by card").is_checked()
    tab_to(page, "Continue to enter your card")
    keys.press("Enter")
    walk.on("Enter your card")
    for typed, following in ((APPROVED, "expiry"), ("12/34", "code"), ("123", "Use this card")):
        keys.type(typed)
        tab_to(page, following)
    keys.press("Enter")
    walk.at("payment")
    tab_to(page, ORDER)
    keys.press("Enter")

    shop.until_step(shop.id_of(walk.ordered()), "complete")


def test_errors_are_summed_up_with_the_focus_and_lead_to_their_fields(walk: Walk) -> None:
    page = walk.open().plan().extras().at("contact").page
    walk.go_on()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(page).to_have_title(re.compile("^Error"))
    summary.get_by_role("link", name="Enter your first name").click()

    expect(page.get_by_label("First name")).to_be_focused()
    expect(page.get_by_label("First name")).to_have_accessible_description(re.compile("Enter your first name"))


def test_without_javascript_everything_can_be_ordered(new_walk: NewWalk, shop: Shop) -> None:
    walk = new_walk(java_script_enabled=False).to_payment().with_card()
    expect(walk.page.locator(".total dd")).to_have_text("$99.00")

    shop.until_step(shop.id_of(walk.order().ordered()), "complete")


def test_on_the_smallest_telephone_nothing_is_cut_off_or_too_small_to_touch(new_walk: NewWalk, shop: Shop) -> None:
    """320 pixels are also what a window of 1,280 has at a zoom of 400 % (WCAG 2.2, 1.4.10)."""
    walk = new_walk(viewport={"width": 320, "height": 640}, has_touch=True, is_mobile=True, bypass_csp=True)
    for name in shown(walk, shop):
        assert wide_of(walk.page) <= 320, name
        small = walk.page.evaluate(_SMALL)
        assert small == [], name
        assert problems_of(walk.page) == [], name


# WCAG 2.2, 2.5.8: 24 CSS pixels, but for links in a sentence; a box is touched by its label, too.
_SMALL = """() => [...document.querySelectorAll('button, select, input, textarea, a.button, a.back')]
  .filter(each => each.offsetParent && each.type !== 'hidden' && !each.closest('.away'))
  .map(each => (each.closest('label') ?? each))
  .filter(each => { const box = each.getBoundingClientRect(); return box.width < 24 || box.height < 24; })
  .map(each => each.outerHTML.slice(0, 120))"""


def test_every_page_is_small_stands_still_and_can_be_read_by_everybody(new_walk: NewWalk, shop: Shop) -> None:
    """Axe finds nothing serious in light, in dark and with texts of twice the size (WCAG 2.2, 1.4.4)."""
    walk = new_walk(bypass_csp=True, reduced_motion="reduce")  # colours that still change would be looked at half-way
    walk.page.add_init_script(SHIFTS)
    seen: list[str] = []
    for name in shown(walk, shop):
        settled(walk.page)
        assert shifts_of(walk.page) == 0, name
        assert bytes_of(walk.page) < MOST_BYTES, name
        assert milliseconds_to_paint(walk.page) < MOST_MILLISECONDS, name
        for scheme in ("light", "dark"):
            walk.page.emulate_media(color_scheme=scheme)
            assert problems_of(walk.page) == [], f"{name} in {scheme}"
        walk.page.set_viewport_size({"width": 640, "height": 720})
        enlarge(walk.page, 200)
        assert (wide_of(walk.page) <= 640, problems_of(walk.page)) == (True, []), f"{name} enlarged"
        walk.page.set_viewport_size({"width": 1280, "height": 720})
        enlarge(walk.page, 100)
        seen.append(name)

    assert seen == list(PAGES)
