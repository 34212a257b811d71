"""Card numbers and card codes, wherever they stand in what was sent."""
