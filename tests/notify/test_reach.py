"""No notice reaches a private address, however its URL writes it, unless a setting names the host."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.notify.addresses import is_public, may_be_opened, parsed
from app.notify.errors import NotifyError, Unlawful, Unreachable
from app.notify.post import Post
from app.notify.reach import PublicBackend, Reach, Resolve, resolve

WITHIN = timedelta(seconds=5)
PUBLIC, PRIVATE = "93.184.215.14", "10.0.0.7"

# What a name leads to, for a resolver that asks nobody.
NAMES = {
    "localhost": ["127.0.0.1", "::1"],
    "localhost.": ["127.0.0.1"],
    "metadata.google.internal": ["169.254.169.254"],
    "127.0.0.1.nip.io": ["127.0.0.1"],
    "mapped.example": ["::ffff:10.1.2.3"],
    "nat64.example": ["64:ff9b::a00:1"],
    "half.example": [PUBLIC, PRIVATE],
    "relay.internal": [PRIVATE],
}
FORBIDDEN = [
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.1/",
    "https://0177.0.0.1/",
    "https://0.0.0.0/",
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://192.168.0.1/",
    "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::7f00:1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[2001::1]/",
    "https://[fe80::1]/",
    "https://[fd00::1]/",
    "https://[ff0e::1]/",
    "https://localhost/",
    "https://localhost./",
    "https://metadata.google.internal/",
    "https://127.0.0.1.nip.io/",
    "https://mapped.example/",
    "https://nat64.example/",
    "https://half.example/",
]
MALFORMED = [
    "http://hooks.example.com/",
    "ftp://hooks.example.com/",
    "file:///etc/passwd",
    "https:///hooks",
    "https://user:password@hooks.example.com/",
    "https://hooks.example.com:22/",
    "https://hooks.example.com:80/",
    "https://hooks.example.com:99999/",
    "hooks.example.com",
]


def by_names(names: dict[str, list[str]]) -> Resolve:
    """A resolver that knows these names; numbers it asks the machine's own, which needs no network for them."""

    async def resolve(host: str, port: int) -> Sequence[str]:
        return names[host] if host in names else await Reach().resolve(host, port)

    return resolve


@dataclass(slots=True)
class Wire(httpcore.AsyncNetworkBackend):
    """Notes what is connected to, and takes no connection."""

    tried: list[str] = field(default_factory=list)

    async def connect_tcp(self, host: str, *_: object, **__: object) -> httpcore.AsyncNetworkStream:
        self.tried.append(host)
        raise httpcore.ConnectError


@pytest.mark.parametrize("url", FORBIDDEN)
async def test_a_url_that_leads_inside_is_refused_before_anything_is_connected_to(url: str) -> None:
    wire = Wire()
    host = urlsplit(url).hostname or ""
    with pytest.raises(Unlawful, match="BATON_NOTIFY_ALLOW_PRIVATE_HOSTS"):
        await PublicBackend(Reach(resolve=by_names(NAMES)), wire).connect_tcp(host, 443)
    assert wire.tried == []
    with pytest.raises(Unlawful):
        await Post(url, Reach(resolve=by_names(NAMES)), within=WITHIN).send(b"{}", {})


@pytest.mark.parametrize("url", MALFORMED)
def test_a_url_of_another_form_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(Unlawful) as refused:
        Post(url, Reach(), within=WITHIN)
    assert url not in str(refused.value)


async def test_a_name_that_changes_its_mind_is_asked_once_and_the_address_that_was_checked_is_connected_to() -> None:
    answers = [[PUBLIC], [PRIVATE], [PRIVATE]]

    async def rebinding(_host: str, _port: int) -> Sequence[str]:
        return answers.pop(0)

    wire = Wire()
    with pytest.raises(Unreachable):
        await PublicBackend(Reach(resolve=rebinding), wire).connect_tcp("rebinding.example", 443)
    assert wire.tried == [PUBLIC]
    assert len(answers) == 2


async def test_names_are_asked_for_in_threads_of_their_own_so_that_a_slow_one_holds_up_nothing_else() -> None:
    busy, free = ThreadPoolExecutor(1), threading.Event()
    asyncio.get_running_loop().set_default_executor(busy)
    held = asyncio.create_task(asyncio.to_thread(free.wait))
    await asyncio.sleep(0)
    try:
        assert await asyncio.wait_for(resolve("2130706433", 443), 30) == ("127.0.0.1",)
    finally:
        free.set()
        await held


async def test_a_name_without_an_address_can_be_tried_again() -> None:
    async def none(_host: str, _port: int) -> Sequence[str]:
        raise OSError

    with pytest.raises(Unreachable, match=r"nowhere\.example"):
        await Reach(resolve=none).addresses("nowhere.example", 443)


@pytest.mark.parametrize("host", ["relay.internal", "Relay.Internal", "relay.internal."])
async def test_a_host_that_a_setting_names_may_be_inside(host: str) -> None:
    reach = Reach(frozenset({"relay.internal"}), by_names({host: [PRIVATE]}))
    assert await reach.addresses(host, 25) == [PRIVATE]


@pytest.mark.parametrize("address", ["169.254.169.254", "fe80::1", "0.0.0.0", "224.0.0.1", "::"])  # noqa: S104  an address to refuse
async def test_no_setting_opens_what_is_no_host_of_the_own_network(address: str) -> None:
    reach = Reach(frozenset({"relay.internal"}), by_names({"relay.internal": [address]}))
    with pytest.raises(NotifyError):
        await reach.addresses("relay.internal", 25)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_a_public_address_is_public_in_each_form(address: str) -> None:
    assert is_public(parsed(address))


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.0.0.1", "192.168.1.1", "fd00::1"])
def test_an_address_of_the_own_network_may_be_opened_and_is_not_public(address: str) -> None:
    assert may_be_opened(parsed(address))
    assert not is_public(parsed(address))


@given(st.ip_addresses(v=4))
def test_an_address_within_ipv6_is_as_public_as_it_is_alone(address: object) -> None:
    alone = is_public(parsed(str(address)))
    assert is_public(parsed(f"::ffff:{address}")) == alone
    assert is_public(parsed(f"64:ff9b::{address}")) == alone
