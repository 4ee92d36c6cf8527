"""Proxies: whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed, and the client that they name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network

from components.net.addresses import Address, parse_address

Network = IPv4Network | IPv6Network
_READ_CHARACTERS = 1000
"""Characters at the end of the header's values, which the nearest proxies wrote."""


@dataclass(frozen=True, slots=True)
class Proxies:
    """Proxies before the app: those on this computer, always, and those that the host names.

    Any other client could write what it likes into these headers, also one in the local network.
    """

    networks: tuple[Network, ...] = ()
    has_private: bool = False
    """True: every address that is not of the internet is a proxy's, as on a Space, reached by no other way."""

    @classmethod
    def of(cls, names: Iterable[str]) -> Proxies:
        """Return the proxies of these addresses and networks, such as `10.0.0.0/8`. Raises ValueError."""
        return cls(tuple(ip_network(name, strict=False) for name in names))

    def believes(self, address: Address) -> bool:
        """Return whether an address is a proxy's."""
        if address.is_loopback or (self.has_private and not address.is_global):
            return True
        return any(address in network for network in self.networks)

    def client_of(self, peer: Address, forwarded: Iterable[str]) -> Address:
        """Return the client behind a proxy, by the values of its `X-Forwarded-For` headers; `peer` without any.

        Each proxy appends the address it saw, so only the right end was written by ours; the client may have forged
        all that stands left of it. Where every address is a proxy's, the nearest one counts.
        """
        nearest = peer
        # Of thousands of forged entries, each would be parsed before any limit counts.
        for entry in reversed(",".join(forwarded)[-_READ_CHARACTERS:].split(",")):
            address = parse_address(entry)
            if address is None:
                break
            if not self.believes(address):
                return address
            nearest = address if nearest is peer else nearest
        return nearest


LOOPBACK_ONLY = Proxies()
