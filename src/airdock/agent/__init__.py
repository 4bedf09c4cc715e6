"""The agent: reads what is published, compiles it beside what runs, and switches at once."""
