"""What devices speak: one small file per protocol."""
