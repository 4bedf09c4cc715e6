"""RabbitMQ: exchanges and queues of AMQP 0-9-1."""
