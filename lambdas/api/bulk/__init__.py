"""Methods for many orders at once."""
