"""Methods of links."""
