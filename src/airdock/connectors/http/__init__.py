"""HTTP: the connection, the client, the step `http`, and where it may go."""
