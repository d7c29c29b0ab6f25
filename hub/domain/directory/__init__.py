"""What a portal's directory holds, as others write and read it: one struct per kind, with bounds and its own rules."""
