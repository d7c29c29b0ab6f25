"""Remember: the only place that knows SQL, Redis, SMTP and road routers."""
