"""Says how an order differs from what its page showed."""


def difference(was: str, now: str) -> str:
    """The difference from the page that was sent, in words."""
    what = "The order was changed since this page was opened, in another window, on another device or by us. "
    if was and was != now:
        what = f"The price changed: the first charge was {was} on the page you sent, and is {now} now. "
    return f"{what}Nothing was charged. Review the order, agree to it again and send it again."
