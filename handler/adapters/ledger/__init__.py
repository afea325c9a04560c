"""The record on DynamoDB: requests, the lock of each job, and the append-only audit facts."""
