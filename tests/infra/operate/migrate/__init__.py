"""The migration of stored orders."""
