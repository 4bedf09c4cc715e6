"""The catalogue that comes with Airdock: the only module that names every step and connector.

They are named as places, so that a process imports only those that its descriptors use.
"""

from functools import cache

from airdock.spec.catalogue import Catalogue
from airdock.spec.types import Place


@cache
def catalogue() -> Catalogue:
    """Every built-in type."""
    return Catalogue(
        (
            Place("output", "airdock.steps.output", "Output"),
            Place("respond", "airdock.steps.respond", "Respond"),
            Place("set", "airdock.steps.set_", "Set"),
            Place("remove", "airdock.steps.remove", "Remove"),
            Place("transform", "airdock.steps.transform", "Transform"),
            Place("validate", "airdock.steps.validate", "Validate"),
            Place("template", "airdock.steps.template", "Template"),
            Place("unmarshal", "airdock.steps.unmarshal", "Unmarshal"),
            Place("marshal", "airdock.steps.marshal", "Marshal"),
            Place("sort", "airdock.steps.sort", "Sort"),
            Place("log", "airdock.steps.log", "Log"),
            Place("condition", "airdock.steps.condition", "Condition"),
            Place("filter", "airdock.steps.filter", "Filter"),
            Place("flow", "airdock.steps.flow", "FlowStep"),
            Place("split", "airdock.steps.split", "Split"),
            Place("multicast", "airdock.steps.multicast", "Multicast"),
            Place("recipientList", "airdock.steps.recipient_list", "RecipientList"),
            Place("routingSlip", "airdock.steps.routing_slip", "RoutingSlip"),
            Place("dynamicRouter", "airdock.steps.dynamic_router", "DynamicRouter"),
            Place("scatterGather", "airdock.steps.scatter_gather", "ScatterGather"),
            Place("loadBalance", "airdock.steps.load_balance", "LoadBalance"),
            Place("loop", "airdock.steps.loop", "Loop"),
            Place("wireTap", "airdock.steps.wire_tap", "WireTap"),
            Place("aggregate", "airdock.steps.aggregate", "Aggregate"),
            Place("resequence", "airdock.steps.resequence", "Resequence"),
            Place("sample", "airdock.steps.sample", "Sample"),
            Place("stop", "airdock.steps.stop", "Stop"),
            Place("delay", "airdock.steps.delay", "Delay"),
            Place("throttle", "airdock.steps.throttle", "Throttle"),
            Place("circuitBreaker", "airdock.steps.circuit_breaker", "CircuitBreaker"),
            Place("cache", "airdock.steps.cache", "Cache"),
            Place("try", "airdock.steps.try_", "Try"),
            Place("throw", "airdock.steps.throw", "Throw"),
            Place("saga", "airdock.steps.saga", "Saga"),
            Place("idempotent", "airdock.steps.idempotent", "Idempotent"),
            Place("claimCheck", "airdock.steps.claim_check", "ClaimCheck"),
            Place("enrich", "airdock.steps.enrich", "Enrich"),
            Place("pollEnrich", "airdock.steps.poll_enrich", "PollEnrich"),
            Place("python", "airdock.steps.python", "Python"),
            Place("javascript", "airdock.steps.javascript", "JavaScript"),
            Place("command", "airdock.connectors.command.step", "CommandStep"),
            Place("graphql", "airdock.connectors.graphql.step", "Graphql"),
            Place("grpc", "airdock.connectors.grpc.step", "Grpc"),
            Place("http", "airdock.connectors.http.step", "Http"),
            Place("publish", "airdock.connectors.publish.step", "Publish"),
            Place("soap", "airdock.connectors.soap.step", "Soap"),
            Place("sql", "airdock.connectors.sql.step", "SqlStep"),
            Place("transaction", "airdock.connectors.sql.transaction", "Transaction"),
            Place("redis", "airdock.connectors.redis.step", "RedisStep"),
            Place("mail", "airdock.connectors.smtp.step", "MailStep"),
            Place("mongodb", "airdock.connectors.mongodb.step", "MongoStep"),
            Place("file", "airdock.connectors.file.step", "FileStep"),
            Place("ldap", "airdock.connectors.ldap.step", "Ldap"),
        ),
        (
            Place("graphql", "airdock.connectors.graphql.connection", "GraphqlConnection"),
            Place("grpc", "airdock.connectors.grpc.connection", "GrpcConnection"),
            Place("http", "airdock.connectors.http.connection", "HttpConnection"),
            Place("nats", "airdock.connectors.nats.connection", "NatsConnection"),
            Place("mqtt", "airdock.connectors.mqtt.connection", "MqttConnection"),
            Place("rabbitmq", "airdock.connectors.rabbitmq.connection", "RabbitConnection"),
            Place("smtp", "airdock.connectors.smtp.connection", "SmtpConnection"),
            Place("imap", "airdock.connectors.imap.connection", "ImapConnection"),
            Place("file", "airdock.connectors.file.connection", "FileConnection"),
            Place("ldap", "airdock.connectors.ldap.connection", "LdapConnection"),
            Place("soap", "airdock.connectors.soap.connection", "SoapConnection"),
            Place("sql", "airdock.connectors.sql.connection", "Sql"),
            Place("redis", "airdock.connectors.redis.connection", "Redis"),
            Place("mongodb", "airdock.connectors.mongodb.connection", "MongoDb"),
        ),
        (
            Place("message", "airdock.connectors.hub.trigger", "MessageTrigger"),
            Place("nats", "airdock.connectors.nats.trigger", "NatsTrigger"),
            Place("mqtt", "airdock.connectors.mqtt.trigger", "MqttTrigger"),
            Place("rabbitmq", "airdock.connectors.rabbitmq.trigger", "RabbitTrigger"),
            Place("redis", "airdock.connectors.redis.trigger", "RedisTrigger"),
            Place("file", "airdock.connectors.file.trigger", "FileTrigger"),
            Place("postgres", "airdock.connectors.sql.trigger", "PostgresTrigger"),
            Place("sse", "airdock.connectors.sse.trigger", "SseTrigger"),
            Place("websocket", "airdock.connectors.websocket.trigger", "WebsocketTrigger"),
            Place("imap", "airdock.connectors.imap.trigger", "ImapTrigger"),
        ),
    )
