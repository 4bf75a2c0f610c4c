"""The addresses that requests come from."""

from ipaddress import IPv6Address, ip_address, ip_network


def network_of(address: str) -> str:
    """The unit that one customer is counted by: an IPv4 address, or a /64 of IPv6."""
    known = ip_address(address)
    if isinstance(known, IPv6Address) and known.ipv4_mapped is None:
        return str(ip_network((known, 64), strict=False))
    return str(known.ipv4_mapped if isinstance(known, IPv6Address) else known)
