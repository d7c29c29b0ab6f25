"""What a customer's link opens."""
