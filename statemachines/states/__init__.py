"""The states that a queue's actions become: their names, what they are for, and what stands in them."""
