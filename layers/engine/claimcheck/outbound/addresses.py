"""The public addresses.

`ipaddress.is_global` is not enough, and depends on Python's patch level: in 3.13.0 multicast, fec0::/10,
3fff::/20, IPv4-compatible and NAT64's 64:ff9b::/96 are global, in 3.11.7 also 2002::/16 and 64:ff9b:1::/48.
An address that embeds another one (IPv4-mapped, NAT64, 6to4, Teredo) is never public here.
"""

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

# IANA, "IPv4 Special-Purpose Address Registry", without the three public blocks for AS112 and AMT; and
# "IPv4 Multicast Address Space Registry".
NOT_PUBLIC_V4 = (
    "0.0.0.0/8",  # this network, RFC 791
    "10.0.0.0/8",  # private, RFC 1918
    "100.64.0.0/10",  # carrier-grade NAT, RFC 6598
    "127.0.0.0/8",  # loopback, RFC 1122
    "169.254.0.0/16",  # link-local, RFC 3927: instance metadata, task credentials, VPC resolver
    "172.16.0.0/12",  # private, RFC 1918
    "192.0.0.0/24",  # IETF protocol assignments, RFC 6890
    "192.0.2.0/24",  # documentation, RFC 5737
    "192.88.99.0/24",  # 6to4 relay anycast, RFC 7526
    "192.168.0.0/16",  # private, RFC 1918
    "198.18.0.0/15",  # benchmarks, RFC 2544
    "198.51.100.0/24",  # documentation, RFC 5737
    "203.0.113.0/24",  # documentation, RFC 5737
    "224.0.0.0/4",  # multicast, RFC 5771
    "240.0.0.0/4",  # reserved, RFC 1112; and 255.255.255.255, limited broadcast, RFC 8190
)
# IANA, "Internet Protocol Version 6 Address Space": the block of global unicast addresses. Outside it are
# ::1, :: and IPv4-compatible (RFC 4291), IPv4-mapped (::ffff:0:0/96), NAT64 (64:ff9b::/96, RFC 6052;
# 64:ff9b:1::/48, RFC 8215), discard-only (100::/64, RFC 6666), SRv6 (5f00::/16, RFC 9602), unique local
# (fc00::/7, RFC 4193: fd00:ec2::254 is instance metadata), link-local (fe80::/10), site-local (fec0::/10)
# and multicast (ff00::/8).
PUBLIC = tuple(map(ip_network, ("0.0.0.0/0", "2000::/3")))
# IANA, "IPv6 Special-Purpose Address Registry": the parts of that block that are not public.
NOT_PUBLIC_V6 = (
    "2001::/23",  # IETF protocol assignments, RFC 2928: Teredo, benchmarks, ORCHID and others
    "2001:db8::/32",  # documentation, RFC 3849
    "2002::/16",  # 6to4, RFC 3056
    "3fff::/20",  # documentation, RFC 9637
)
NOT_PUBLIC = tuple(map(ip_network, NOT_PUBLIC_V4 + NOT_PUBLIC_V6))
LOOPBACK = tuple(map(ip_network, ("127.0.0.0/8", "::1/128")))


def is_public(address: str) -> bool:
    """Raises: ValueError if it is no address."""
    return _is_in(PUBLIC, address) and not _is_in(NOT_PUBLIC, address)


def is_loopback(address: str) -> bool:
    """Raises: ValueError if it is no address."""
    return _is_in(LOOPBACK, address)


def _is_in(networks: tuple[IPv4Network | IPv6Network, ...], address: str) -> bool:
    parsed = ip_address(address)
    return any(parsed in network for network in networks)
