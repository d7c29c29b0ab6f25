"""The demo's inbox: what its customers would find in their mail."""
