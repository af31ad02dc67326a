"""Access to the emulator, independent of the caller's AWS settings."""

import os
from dataclasses import dataclass
from typing import Any

import boto3
import httpx

REGION = "us-east-1"


@dataclass(frozen=True)
class Endpoint:
    url: str

    @property
    def environ(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def client(self, service: str) -> Any:
        """Return a boto3 client of the root user, which IAM never refuses."""
        # boto3's default session is shared, and not safe across threads.
        session = boto3.session.Session("test", "test", region_name=REGION)
        return session.client(service, endpoint_url=self.url)  # type: ignore[call-overload]

    def answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/_ministack/health", timeout=2, trust_env=False).is_success
        except httpx.HTTPError:
            return False
