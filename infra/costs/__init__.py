"""The list price of a stage: by the piece a month, and by the order."""
