"""The stores of what patterns keep between messages."""
