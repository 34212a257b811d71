"""`make upgrade-test`: the working tree over the last release, while orders stand and walk; and what became of them."""
