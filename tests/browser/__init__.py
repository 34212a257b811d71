"""The pages in a real browser: Debian's Chromium, driven over the pages as the engine serves them."""
