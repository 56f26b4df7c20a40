"""Which IP addresses are public, and which a setting may open: so that no notice reaches into the own network.

IPv6 has forms that carry an IPv4 address (mapped, 6to4, NAT64): what counts is the address inside. Python calls
NAT64 addresses global whatever they lead to.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address

_NAT64 = IPv6Network("64:ff9b::/96")
"""RFC 6052: the last 32 bits are the IPv4 address that a gateway connects to."""
_UNICAST = IPv6Network("2000::/3")
"""RFC 4291: all of IPv6 that is given to hosts of the internet so far."""
_TEREDO = IPv6Network("2001::/32")


def parsed(text: str) -> Address:
    """The address that a resolver gave, without its zone; one that carries an IPv4 address as that one.

    Raises ValueError for what is no address.
    """
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address):
        return _inside(address) or address
    return address


def _inside(address: IPv6Address) -> IPv4Address | None:
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def is_public(address: Address) -> bool:
    """Whether an address leads to a host of the internet, as far as its form tells."""
    if isinstance(address, IPv6Address) and (address not in _UNICAST or address in _TEREDO):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def may_be_opened(address: Address) -> bool:
    """Whether a setting may let a host have this address: in the own network, at this machine, or public.

    Never link-local ones, where clouds serve credentials, nor those that are no single host's.
    """
    if address.is_loopback:
        return True  # Python counts ::1 among the reserved ones
    return not (address.is_link_local or address.is_multicast or address.is_unspecified or address.is_reserved)
