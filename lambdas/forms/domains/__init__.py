"""Several domain names in one field of a form: what was typed, how each stands, and which are ordered."""
