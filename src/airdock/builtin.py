"""The catalogue that comes with Airdock: the only module that names every step and connector."""

from functools import cache

from airdock.connectors.file.connection import FileConnection
from airdock.connectors.file.step import FileStep
from airdock.connectors.graphql.connection import GraphqlConnection
from airdock.connectors.graphql.step import Graphql
from airdock.connectors.grpc.connection import GrpcConnection
from airdock.connectors.grpc.step import Grpc
from airdock.connectors.http.connection import HttpConnection
from airdock.connectors.http.step import Http
from airdock.connectors.hub.trigger import MessageTrigger
from airdock.connectors.mongodb.connection import MongoDb
from airdock.connectors.mongodb.step import MongoStep
from airdock.connectors.mqtt.connection import MqttConnection
from airdock.connectors.mqtt.trigger import MqttTrigger
from airdock.connectors.nats.connection import NatsConnection
from airdock.connectors.nats.trigger import NatsTrigger
from airdock.connectors.publish.step import Publish
from airdock.connectors.rabbitmq.connection import RabbitConnection
from airdock.connectors.rabbitmq.trigger import RabbitTrigger
from airdock.connectors.redis.connection import Redis
from airdock.connectors.redis.step import RedisStep
from airdock.connectors.redis.trigger import RedisTrigger
from airdock.connectors.smtp.connection import SmtpConnection
from airdock.connectors.smtp.step import MailStep
from airdock.connectors.soap.connection import SoapConnection
from airdock.connectors.soap.step import Soap
from airdock.connectors.sql.connection import Sql
from airdock.connectors.sql.step import SqlStep
from airdock.connectors.sql.transaction import Transaction
from airdock.connectors.sql.trigger import PostgresTrigger
from airdock.spec.catalogue import Catalogue
from airdock.steps.aggregate import Aggregate
from airdock.steps.cache import Cache
from airdock.steps.circuit_breaker import CircuitBreaker
from airdock.steps.claim_check import ClaimCheck
from airdock.steps.condition import Condition
from airdock.steps.delay import Delay
from airdock.steps.dynamic_router import DynamicRouter
from airdock.steps.enrich import Enrich
from airdock.steps.filter import Filter
from airdock.steps.flow import FlowStep
from airdock.steps.idempotent import Idempotent
from airdock.steps.javascript import JavaScript
from airdock.steps.load_balance import LoadBalance
from airdock.steps.log import Log
from airdock.steps.loop import Loop
from airdock.steps.marshal import Marshal
from airdock.steps.multicast import Multicast
from airdock.steps.output import Output
from airdock.steps.poll_enrich import PollEnrich
from airdock.steps.python import Python
from airdock.steps.recipient_list import RecipientList
from airdock.steps.remove import Remove
from airdock.steps.resequence import Resequence
from airdock.steps.respond import Respond
from airdock.steps.routing_slip import RoutingSlip
from airdock.steps.saga import Saga
from airdock.steps.sample import Sample
from airdock.steps.scatter_gather import ScatterGather
from airdock.steps.set_ import Set
from airdock.steps.sort import Sort
from airdock.steps.split import Split
from airdock.steps.stop import Stop
from airdock.steps.template import Template
from airdock.steps.throttle import Throttle
from airdock.steps.throw import Throw
from airdock.steps.transform import Transform
from airdock.steps.try_ import Try
from airdock.steps.unmarshal import Unmarshal
from airdock.steps.validate import Validate
from airdock.steps.wire_tap import WireTap


@cache
def catalogue() -> Catalogue:
    """Every built-in type."""
    return Catalogue(
        (
            Output,
            Respond,
            Set,
            Remove,
            Transform,
            Validate,
            Template,
            Unmarshal,
            Marshal,
            Sort,
            Log,
            Condition,
            Filter,
            FlowStep,
            Split,
            Multicast,
            RecipientList,
            RoutingSlip,
            DynamicRouter,
            ScatterGather,
            LoadBalance,
            Loop,
            WireTap,
            Aggregate,
            Resequence,
            Sample,
            Stop,
            Delay,
            Throttle,
            CircuitBreaker,
            Cache,
            Try,
            Throw,
            Saga,
            Idempotent,
            ClaimCheck,
            Enrich,
            PollEnrich,
            Python,
            JavaScript,
            Graphql,
            Grpc,
            Http,
            Publish,
            Soap,
            SqlStep,
            Transaction,
            RedisStep,
            MailStep,
            MongoStep,
            FileStep,
        ),
        (
            GraphqlConnection,
            GrpcConnection,
            HttpConnection,
            NatsConnection,
            MqttConnection,
            RabbitConnection,
            SmtpConnection,
            FileConnection,
            SoapConnection,
            Sql,
            Redis,
            MongoDb,
        ),
        (
            MessageTrigger,
            NatsTrigger,
            MqttTrigger,
            RabbitTrigger,
            RedisTrigger,
            PostgresTrigger,
        ),
    )
