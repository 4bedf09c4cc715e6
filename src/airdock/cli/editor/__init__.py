"""What lets editors complete and check descriptors."""
