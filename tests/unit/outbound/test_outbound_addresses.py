"""The addresses that requests may go to, in URLs and behind names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimcheck.outbound import Outbound, RequestRefused, check_url
from claimcheck.outbound.addresses import is_public

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address

PUBLIC = """
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.1 100.63.255.255 100.128.0.1 126.255.255.255 128.0.0.1 169.253.0.1
172.15.255.255 172.32.0.1 192.0.1.1 192.167.0.1 198.17.0.1 198.20.0.1 223.255.255.255
2606:4700:4700::1111 2001:4860:4860::8888 2001:200::1 2600:1f18::1 2a00:1450::1 3ffe::1
"""
FORBIDDEN = """
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1
127.255.255.255 169.254.169.254 169.254.170.2 169.254.169.253 172.16.0.1 172.31.255.255 192.0.0.1
192.0.0.192 192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1
224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 :: ::1 ::7f00:1 ::a9fe:a9fe ::ffff:127.0.0.1
::ffff:169.254.169.254 ::ffff:8.8.8.8 64:ff9b::7f00:1 64:ff9b::808:808 64:ff9b:1::a00:1 100::1 2001::1
2001:0:53aa:64c::1 2001:2::1 2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1::1 2002:a9fe:a9fe::1
2002:808:808::1 3fff::1 4000::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1 fec0::1 ff02::1 ff0e::1
"""
# Some resolvers read these as addresses, in different ways; others refuse them.
MISSPELT = """
2130706433 017700000001 0x7f000001 0x7f.1 127.1 127.0.1 0177.0.0.1 0x7f.0.0.1 00127.0.0.1 127.0.0.01
8.8.8.010 1.2.3.4.5 256.1.1.1 0 1 0x foo.0x7f foo.1 [127.0.0.1] [::1%25lo] [fe80::1%eth0] [v1.a] [::1
::1 []
"""
LOOPBACK = ["127.0.0.1", "127.255.255.255", "::1"]


def at(address: str, scheme: str = "https") -> str:
    return f"{scheme}://[{address}]/" if ":" in address else f"{scheme}://{address}/"


def leading_to(*addresses: str, allow_loopback: bool = False) -> Outbound:
    return Outbound(allow_loopback=allow_loopback, resolve=lambda host, port: list(addresses))


def refusal(outbound: Outbound, url: str) -> RequestRefused:
    with pytest.raises(RequestRefused) as refused:
        outbound.request("GET", url, timeout=5)
    return refused.value


@pytest.mark.parametrize("address", PUBLIC.split())
def test_a_public_address_is_taken_for_one(address: str) -> None:
    assert check_url(at(address), allow_loopback=False).host == address


@pytest.mark.parametrize("address", FORBIDDEN.split())
def test_an_address_that_is_not_public_is_refused_as_a_host(address: str) -> None:
    assert refusal(Outbound(), at(address)).code == "forbidden_address"


@pytest.mark.parametrize("address", FORBIDDEN.split())
@pytest.mark.parametrize("first", [True, False])
def test_a_name_is_refused_that_has_one_such_address_among_public_ones(address: str, first: bool) -> None:
    addresses = [address, *PUBLIC.split()] if first else [*PUBLIC.split(), address]

    refused = refusal(leading_to(*addresses), "https://example.com/")

    assert refused.code == "forbidden_address"
    assert address not in refused.message


@given(st.ip_addresses())
def test_addresses_that_python_does_not_call_global_are_not_public(
    address: IPv4Address | IPv6Address,
) -> None:
    assert address.is_global or not is_public(str(address))


@pytest.mark.parametrize("host", MISSPELT.split())
def test_an_address_is_written_in_one_way_only(host: str) -> None:
    assert refusal(Outbound(), f"https://{host}/").code == "malformed_url"
    assert refusal(Outbound(allow_loopback=True), f"http://{host}/").code == "malformed_url"


@pytest.mark.parametrize("host", ["localhost", "LocalHost.", "127.0.0.1", "127.8.9.10", "[::1]"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_this_machine_is_reached_only_where_that_is_allowed(scheme: str, host: str) -> None:
    assert refusal(Outbound(), f"{scheme}://{host}/").code == "forbidden_address"
    assert check_url(f"{scheme}://{host}/", allow_loopback=True).is_local


@pytest.mark.parametrize("address", [each for each in FORBIDDEN.split() if each not in LOOPBACK])
def test_allowing_loopback_allows_nothing_else(address: str) -> None:
    outbound = leading_to(address, allow_loopback=True)

    assert refusal(outbound, at(address)).code == "forbidden_address"
    assert refusal(outbound, at(address, "http")).code in ("forbidden_address", "forbidden_scheme")
    assert refusal(outbound, "http://localhost/").code == "forbidden_address"
    assert refusal(outbound, "https://example.com/").code == "forbidden_address"


@pytest.mark.parametrize("address", LOOPBACK)
@pytest.mark.parametrize("name", ["example.com", "localhost.example.com", "my.localhost"])
def test_a_name_that_does_not_say_so_does_not_lead_to_this_machine(address: str, name: str) -> None:
    assert refusal(leading_to(address, allow_loopback=True), f"https://{name}/").code == "forbidden_address"


def test_localhost_leads_nowhere_else() -> None:
    outbound = leading_to("127.0.0.1", "8.8.8.8", allow_loopback=True)

    assert refusal(outbound, "http://localhost/").code == "forbidden_address"
