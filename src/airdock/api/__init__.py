"""The bodies of requests and answers of `/api/v1`, for the server and its clients. On the wire names are camelCase."""
