"""`make restore`: brings the tables of a stage back to a moment, into new tables, and fixes what is lost with them."""
