"""gRPC services: methods are called with objects, as the JSON mapping of Protocol Buffers has them."""
