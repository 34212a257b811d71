"""The read models: history, worklist, search and numbers of orders. The announcer keeps them from the order stream."""
