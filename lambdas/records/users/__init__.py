"""Users of the API and their rights."""
