"""Access to the emulator, independent of the caller's AWS settings."""

import os
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from ssl import PROTOCOL_TLS_CLIENT, SSLContext
from typing import Any, Self

import boto3
import httpx

from local.guard import PROXY_HEADER

REGION = "us-east-1"


# It trusts no certificate: to read those of the system takes 30 ms, and servers of this machine need none.
NO_TLS = SSLContext(PROTOCOL_TLS_CLIENT)
http = httpx.Client(trust_env=False, verify=NO_TLS)

session_lock = threading.Lock()  # a session is not safe across threads, but clients are


@cache
def session(secret: str) -> boto3.session.Session:
    return boto3.session.Session(secret, "test", region_name=REGION)


@dataclass(frozen=True)
class Endpoint:
    """`secret` is the root user's access key id, without which the emulator refuses a program."""

    url: str
    secret: str

    @classmethod
    def create(cls, port: int) -> Self:
        return cls(f"http://127.0.0.1:{port}", secrets.token_hex(16))

    @property
    def environ(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": self.secret,
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def client(self, service: str) -> Any:
        """Return a boto3 client of the root user, which IAM never refuses."""
        with session_lock:
            return session(self.secret).client(service, endpoint_url=self.url)  # type: ignore[call-overload]

    def answers(self) -> bool:
        return answers(f"{self.url}/_ministack/health", 2, {PROXY_HEADER: self.secret})


def answers(url: str, timeout: float, headers: Mapping[str, str] | None = None) -> bool:
    """Return whether a server of this machine answers within `timeout` seconds, and not with an error."""
    try:
        return http.get(url, headers=headers, timeout=timeout).is_success
    except httpx.HTTPError:
        return False
