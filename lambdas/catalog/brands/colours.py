"""Colours of brands, and whether what is written in them can be read. Pure.

Contrast is that of WCAG 2.2: text needs 4.5 to 1 (AA). https://www.w3.org/TR/WCAG22/#contrast-minimum
"""

from collections.abc import Iterator

AA = 4.5
LIGHT_PAPERS, DARK_PAPERS = ("#ffffff", "#f6f5f1"), ("#1e2422", "#151918")
"""The grounds of pages, in light and in the dark: `--paper` and `--ground` of form.css."""
_SOFT = {LIGHT_PAPERS: "#56605c", DARK_PAPERS: "#aab4af"}  # its `--soft`, which also stands on tinted ground
_BLACK, _WHITE = "#000000", "#ffffff"
_TINTED = 0.1

Papers = tuple[str, str]


def contrast(one: str, other: str) -> float:
    """From 1 (none) to 21. Colours are `#rrggbb`."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def ink_on(accent: str) -> str:
    """Black or white: the one that can be read on the accent."""
    return max((_WHITE, _BLACK), key=lambda ink: contrast(ink, accent))


def tint_of(accent: str, papers: Papers) -> str:
    """Paper with a little of the accent in it."""
    return _mixed(accent, papers[0], _TINTED)


def unreadable(accent: str, papers: Papers) -> Iterator[tuple[str, float]]:
    """The grounds on which the accent cannot be read, with its contrast there."""
    for ground in (*papers, tint_of(accent, papers)):
        if (found := contrast(accent, ground)) < AA:
            yield ground, found
    if (found := contrast(_SOFT[papers], tint_of(accent, papers))) < AA:
        yield tint_of(accent, papers), found


def readable_like(accent: str, papers: Papers) -> str:
    """The accent that is nearest to this one and can be read on these papers."""
    toward = _BLACK if papers == LIGHT_PAPERS else _WHITE
    shades = (_mixed(toward, accent, share / 50) for share in range(51))
    return next(shade for shade in shades if not any(unreadable(shade, papers)))


def _mixed(one: str, other: str, share: float) -> str:
    """So much of one colour in the other."""
    return "#" + "".join(
        f"{round(a * share + b * (1 - share)):02x}" for a, b in zip(_channels(one), _channels(other), strict=True)
    )


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour[1:]))


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
