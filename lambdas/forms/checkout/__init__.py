"""The last page before the order: what is reviewed, and the button that orders."""
