"""The debugger of `airdock debug`: where it stops, and what a person can do there."""
