"""What stands behind ./dev: standard library only, one subject a file."""
