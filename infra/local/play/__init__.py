"""Plays an order and its people in the terminal."""
