"""Send recorded traces as if they were driven now."""
