"""Road routers: what they are asked, and who answers."""
