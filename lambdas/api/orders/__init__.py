"""Methods of orders."""
