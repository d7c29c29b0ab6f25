"""The demo city: its road engine, its map, its seed, and technicians who drive through it."""
