"""The stages: a file each, and what reads and judges them."""
