"""The schema's history, for Alembic; `hub/store/migrate.py` runs it."""
