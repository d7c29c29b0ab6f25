"""What the speed claims in the README come from."""
