"""Methods of clients and their payment methods."""
