"""Mails to customers: what they say, in their language."""
