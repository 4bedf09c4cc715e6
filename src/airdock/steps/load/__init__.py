"""Steps against load: limits, breakers, kept values."""
