"""One file = one action module = one Lambda; `_action.py` is the frame around them."""
