"""Connecting to addresses that somebody typed in: only to where the open internet is, and within a deadline.

A name is looked up once, every address it has must be allowed, and the connection goes to one of exactly those: nothing
is looked up a second time. What the operator of this installation allows besides is set for the whole process.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from connectors.base import Permanent, Retryable

IPv4, IPv6 = ipaddress.IPv4Address, ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
#: In IPv6 only this is the internet, and in it these carry other addresses inside or lead nowhere.
UNICAST = ipaddress.ip_network("2000::/3")
TUNNELS = tuple(map(ipaddress.ip_network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
#: In IPv4 what Python calls global and is not the internet: relays, and protocols' own addresses, behind one of which a
#: cloud keeps its metadata (192.0.0.192).
RELAYS = tuple(map(ipaddress.ip_network, ("192.88.99.0/24", "192.0.0.0/24")))
#: How long connecting to one of several addresses may take while there are others.
ONE_TRY_SECS = 3.0


class Forbidden(Permanent):
    """This address leads inside our own network, or nowhere: give one that the open internet can reach.

    Whoever runs Roadbook may allow more with ROADBOOK_ALLOW_SUBNETS and ROADBOOK_ALLOW_PORTS.
    """


class Unreachable(Retryable):
    """Nobody answers at this address."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the operator allows besides the open internet, and besides the usual ports."""

    subnets: tuple[Network, ...] = ()
    ports: frozenset[int] = frozenset()


_allowed = Allowed()


def configure(subnets: Sequence[str] = (), ports: Sequence[int] = ()) -> None:
    """Set what is allowed in this process; raises ValueError for what is no subnet."""
    global _allowed
    _allowed = Allowed(tuple(ipaddress.ip_network(one, strict=False) for one in subnets), frozenset(ports))


def is_open(address: str) -> bool:
    """True if an address is on the open internet or allowed by the operator."""
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    if mapped is not None:
        found = mapped
    if any(found.version == net.version and found in net for net in _allowed.subnets):
        return True
    if found.is_multicast or not found.is_global:
        return False
    if isinstance(found, IPv4):
        return not any(found in net for net in RELAYS)
    return found in UNICAST and not any(found in net for net in TUNNELS)


def addresses(host: str, port: int, usual: frozenset[int], deadline: float) -> list[str]:
    """Look a host up and return its addresses if all of them are allowed; raises Forbidden and Unreachable.

    `deadline` is a time of the monotonic clock.
    """
    if port not in usual and port not in _allowed.ports:
        raise Forbidden(f"port {port}: {Forbidden.__doc__}")
    found = _looked_up(host, port, deadline)
    if not all(is_open(address) for address in found):
        raise Forbidden(f"{host}: {Forbidden.__doc__}")
    return found


def dial(host: str, port: int, usual: frozenset[int], deadline: float) -> socket.socket:
    """Connect to a host that is allowed; raises Forbidden and Unreachable. The time-out is what is left."""
    found = addresses(host, port, usual, deadline)
    for number, address in enumerate(found):
        left = deadline - time.monotonic()
        if left <= 0:
            break
        try:
            secs = left if number == len(found) - 1 else min(left, ONE_TRY_SECS)
            made = socket.create_connection((address, port), timeout=secs)
        except OSError:
            continue
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        made.settimeout(max(0.001, deadline - time.monotonic()))
        return made
    raise Unreachable(f"{host}: {Unreachable.__doc__}")


def _looked_up(host: str, port: int, deadline: float) -> list[str]:
    """Ask the resolver, which knows no deadline, in a thread of its own; an address that is one already is not asked."""
    with contextlib.suppress(ValueError):
        return [str(ipaddress.ip_address(host))]
    # A name, or one of the other ways to write an address: both are the resolver's.
    found: list[str] = []
    failed: list[str] = []

    def ask() -> None:
        try:
            for *_, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
                if str(place[0]) not in found:
                    found.append(str(place[0]))
        except (OSError, UnicodeError) as error:
            failed.append(str(error))

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(max(0.0, deadline - time.monotonic()))
    if asking.is_alive() or failed or not found:
        raise Unreachable(f"{host}: its name cannot be looked up")
    return list(found)
