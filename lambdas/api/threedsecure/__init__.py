"""Methods of strong customer authentication."""
