"""Contents of the pages: plain values from orders and records. Nothing here knows HTML or a host."""
