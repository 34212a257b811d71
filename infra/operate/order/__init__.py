"""The command line `order`: orders of a stage from a terminal, over its API, with the rights of the user who signs in."""
