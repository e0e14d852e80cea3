"""Errors that only say that another transaction was faster."""

from psycopg2 import errors

# Nothing is wrong: look again with fresh eyes.
CONFLICTS = (
    errors.SerializationFailure,
    errors.LockNotAvailable,
    errors.DeadlockDetected,
)
