"""Corrections of the engine's DynamoDB."""
