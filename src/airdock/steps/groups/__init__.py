"""Messages that wait for others: groups, their completion, their order."""
