"""A field of hosts: a database, a broker, four for workers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from bench.broker import NoBroker, Rabbit
from tests.machines.hosts import Net
from tests.machines.postgres_host import PostgresHost
from tests.needs import need

WORKERS = ("w1", "w2", "w3", "w4")


class Field:
    """The hosts with what runs on them."""

    def __init__(self, net: Net, postgres: PostgresHost, rabbit: Rabbit) -> None:
        self.net, self.postgres, self.rabbit = net, postgres, rabbit


@pytest.fixture(scope="module")
def field() -> Iterator[Field]:
    with ExitStack() as stack:
        net = Net("db", "mq", *WORKERS)
        stack.callback(net.close)
        try:
            rabbit = Rabbit(net["mq"].address, net["mq"].prefix)
        except NoBroker as error:
            need("rabbitmq", False, str(error))
            raise
        stack.callback(rabbit.stop)
        postgres = PostgresHost(net["db"])
        stack.callback(postgres.close)
        yield Field(net, postgres, rabbit.start())
