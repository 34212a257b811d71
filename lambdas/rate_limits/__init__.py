"""What keeps a caller from doing too much, or the same thing twice. Doors use it; it knows the guard table and nothing else.

Everything in that table expires. Nothing in it is the truth about an order, so a lost guard costs a repeat, never an order.
"""
