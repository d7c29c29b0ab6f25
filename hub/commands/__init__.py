"""The `hub …` commands, one file each."""
