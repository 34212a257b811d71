"""How the order table keeps orders, finds them and lists them."""
