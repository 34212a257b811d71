"""One DynamoDB in memory per file, and a fresh table of records per test."""

from tests.unit.records.conftest import dynamodb, records

__all__ = ["dynamodb", "records"]
