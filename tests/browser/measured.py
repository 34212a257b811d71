"""What a page weighs, how it moves and when it is painted, as the browser itself measured it."""

from playwright.sync_api import Page

MOST_BYTES = 60_000
MOST_MILLISECONDS = 1_000
# The network of a telephone out of town: https://github.com/GoogleChrome/lighthouse/blob/main/docs/throttling.md (slow 4G).
BITS_A_SECOND, ROUND_TRIP_MILLISECONDS = 1_600_000, 150

SHIFTS = """new PerformanceObserver(list => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts = (window.shifts ?? 0) + entry.value;
}).observe({ type: 'layout-shift', buffered: true });"""

# Of the page and each of its parts: the bytes, and whether nothing is painted before it is there.
_PARTS = """() => [
  ...performance.getEntriesByType('navigation').map(page => [page.decodedBodySize, true]),
  ...performance.getEntriesByType('resource')
    .filter(part => ['link', 'script', 'img', 'css'].includes(part.initiatorType))
    .map(part => [part.decodedBodySize, part.renderBlockingStatus === 'blocking']),
]"""


def settled(page: Page) -> None:
    """Two frames on, whatever was to move has moved."""
    page.wait_for_load_state("networkidle")
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def shifts_of(page: Page) -> float:
    """The page needs the script SHIFTS from its beginning."""
    return float(page.evaluate("() => window.shifts ?? 0"))


def bytes_of(page: Page) -> int:
    """The page with its style and scripts, unpacked, whether they came from a cache or not."""
    total = sum(size for size, _ in page.evaluate(_PARTS))
    assert total > 1_000  # or nothing was measured
    return int(total)


def milliseconds_to_paint(page: Page) -> float:
    """Until the page can be painted on a slow network: a connection, what blocks painting, and a round trip for each in turn.

    Reckoned from what the browser waited for, not measured by a clock: the machine that tests may be busy.
    """
    blocking = [size for size, blocks in page.evaluate(_PARTS) if blocks]
    round_trips = 2 + len(blocking)  # a connection and its encryption, then one for each
    return float(round_trips * ROUND_TRIP_MILLISECONDS + sum(blocking) * 8 * 1_000 / BITS_A_SECOND)


def wide_of(page: Page) -> int:
    return int(page.evaluate("() => document.documentElement.scrollWidth"))


def enlarge(page: Page, percent: int) -> None:
    """All texts, as a reader does in the browser's settings."""
    page.evaluate("percent => { document.documentElement.style.fontSize = `${percent}%`; }", percent)
