"""Enroute: a realtime technician-tracking and notification hub."""
