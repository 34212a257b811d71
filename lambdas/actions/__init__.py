"""One file = one action module = one Lambda; `_frame/` is the frame around them."""
