"""Clients of the hub's public interface: they know the contract, and nothing of the hub's inside."""
