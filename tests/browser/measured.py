"""What a page weighs, how it moves and when it is painted, as the browser itself measured it."""

from playwright.sync_api import Page

MOST_BYTES = 60_000
MOST_MILLISECONDS = 1_000
# The network of a telephone out of town: https://github.com/GoogleChrome/lighthouse/blob/main/docs/throttling.md (slow 4G).
BITS_A_SECOND, ROUND_TRIP_MILLISECONDS = 1_600_000, 150

SHIFTS = """new PerformanceObserver(list => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts = (window.shifts ?? 0) + entry.value;
}).observe({ type: 'layout-shift', buffered: true });"""

_PARTS = """() => [
  ...performance.getEntriesByType('navigation'),
  ...performance.getEntriesByType('resource').filter(each => ['link', 'script', 'img', 'css'].includes(each.initiatorType)),
].map(each => [each.name, each.decodedBodySize, each.renderBlockingStatus ?? 'blocking'])"""


def settled(page: Page) -> None:
    """Two frames on, whatever was to move has moved."""
    page.wait_for_load_state("networkidle")
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def shifts_of(page: Page) -> float:
    """The page needs the script SHIFTS from its beginning."""
    return float(page.evaluate("() => window.shifts ?? 0"))


def bytes_of(page: Page) -> int:
    """The page with its style and scripts, unpacked, whether they came from a cache or not."""
    parts = page.evaluate(_PARTS)
    assert len(parts) >= 3, parts  # the page, its style, its script
    return sum(size for _, size, _ in parts)


def milliseconds_to_paint(page: Page) -> float:
    """Until the page can be painted on a slow network: a connection, what blocks painting, and a round trip for each in turn.

    Reckoned from what the browser waited for, not measured by a clock: the machine that tests may be busy.
    """
    blocking = [size for _, size, status in page.evaluate(_PARTS) if status == "blocking"]
    round_trips = 2 + len(blocking)  # a connection and its encryption, then one for each
    return float(round_trips * ROUND_TRIP_MILLISECONDS + sum(blocking) * 8 * 1_000 / BITS_A_SECOND)


def wide_of(page: Page) -> int:
    return int(page.evaluate("() => document.documentElement.scrollWidth"))


def enlarge(page: Page, percent: int) -> None:
    """All texts, as a reader does in the browser's settings."""
    page.evaluate("percent => { document.documentElement.style.fontSize = `${percent}%`; }", percent)
