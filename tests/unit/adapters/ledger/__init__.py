"""Unit tests of the ledger on DynamoDB."""
