"""The history of orders: one item a revision, each with the hash of the item before it."""
