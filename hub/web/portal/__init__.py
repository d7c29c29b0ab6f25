"""Pages for customers who come by themselves."""
