"""Long-running processes beside the web: each a thin loop around one service."""
