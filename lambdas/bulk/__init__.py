"""One verb on many orders: a preview, then a run on a state machine of its own, page by page."""
