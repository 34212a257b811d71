"""Numbers: what became of orders day by day, how long their steps took, and the money in them."""
