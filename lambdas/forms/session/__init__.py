"""One browser filling one form: its cookie, its signatures, its limits."""
