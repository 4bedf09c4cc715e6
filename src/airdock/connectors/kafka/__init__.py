"""Kafka: topics of partitions, read by consumer groups."""
