"""Certificates for the tests' servers, and clients that trust them."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from pathlib import Path

    Key = ec.EllipticCurvePrivateKey

DAY = datetime.timedelta(days=1)
USAGES = """
digital_signature content_commitment key_encipherment data_encipherment key_agreement key_cert_sign crl_sign
encipher_only decipher_only
"""


class Authority:
    """Issues certificates that the client context `context` trusts; `pem` is its own certificate."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named("the tests' own authority")
        constraints = x509.BasicConstraints(ca=True, path_length=None)
        self._certificate = self._sign(self._name, self._key, DAY, constraints)
        self.pem = _pem(self._certificate).decode()
        self.context = ssl.create_default_context(cadata=self.pem)

    def server(self, *names: str, lasting: datetime.timedelta = DAY) -> ssl.SSLContext:
        """Return a server context for these names."""
        key = ec.generate_private_key(ec.SECP256R1())
        constraints = x509.BasicConstraints(ca=False, path_length=None)
        certificate = self._sign(_named("server"), key, lasting, constraints, *map(_general, names))
        chain = self._folder / "server.pem"
        chain.write_bytes(_private(key) + _pem(certificate))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        return context

    def _sign(
        self,
        subject: x509.Name,
        key: Key,
        lasting: datetime.timedelta,
        constraints: x509.BasicConstraints,
        *names: x509.GeneralName,
    ) -> x509.Certificate:
        """Sign with the key identifiers that Python 3.13 requires (VERIFY_X509_STRICT, RFC 5280)."""
        now = datetime.datetime.now(datetime.UTC)
        used = "key_cert_sign" if constraints.ca else "digital_signature"
        builder = (
            x509.CertificateBuilder(self._name, subject, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - 2 * DAY)
            .not_valid_after(now + lasting)
            .add_extension(constraints, critical=True)
            .add_extension(x509.KeyUsage(**{each: each == used for each in USAGES.split()}), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False
            )
        )
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(self._key, hashes.SHA256())


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _private(key: Key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
