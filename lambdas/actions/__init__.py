"""Action modules: one file is one module and one Lambda. `_frame/` claims, runs and settles them."""
