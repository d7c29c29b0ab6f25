"""The technician's page, on their phone."""
