"""Do: one use case a file."""
