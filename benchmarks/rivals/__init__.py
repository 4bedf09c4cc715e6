"""What Airdock is compared with."""
