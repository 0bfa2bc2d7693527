"""Certificate authorities and certificates of another make than the suite's, right and wrong in every way."""

import datetime
import os
import ssl

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

DAY = 86_400


def write(path, content, mode=0o600):
    """Replaces the file in one step, as whoever replaces certificates should."""
    with open(os.open(f"{path}.new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(content)
    os.rename(f"{path}.new", path)


def key_pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def served_serial(port):
    """The serial number of the certificate that a service serves now."""
    return x509.load_pem_x509_certificate(ssl.get_server_certificate(("localhost", port)).encode()).serial_number


class Authority:
    """An authority whose root is trusted by whom it is given to; `above` makes it one between."""

    def __init__(self, name, above=None, path_length=None):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.above = above
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = begun(subject, above.certificate.subject if above else subject, self.key, -DAY, 30 * DAY)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
        self.certificate = builder.sign((above or self).key, hashes.SHA256())

    @property
    def pem(self):
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def chain(self):
        """The certificates between a leaf and the root, without the root."""
        return b"" if self.above is None else self.pem + self.above.chain

    def issue(self, names, begins=-3600, ends=DAY, usages=("client",), padding=0, self_signed=False, key=None,
              common_name=None):
        """A leaf for these names, hosts or URIs, valid from and to so many seconds from now."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name or names[0])])
        issuer = subject if self_signed else self.certificate.subject
        builder = begun(subject, issuer, key, begins, ends)
        kinds = {"client": ExtendedKeyUsageOID.CLIENT_AUTH, "server": ExtendedKeyUsageOID.SERVER_AUTH}
        builder = builder.add_extension(x509.ExtendedKeyUsage([kinds[usage] for usage in usages]), critical=False)
        if names:
            general = [x509.UniformResourceIdentifier(name) if "://" in name else x509.DNSName(name) for name in names]
            builder = builder.add_extension(x509.SubjectAlternativeName(general), critical=False)
        if padding:
            # An extension that nobody knows, and nobody need know.
            unknown = x509.UnrecognizedExtension(ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x04\x00" + bytes(padding))
            builder = builder.add_extension(unknown, critical=False)
        certificate = builder.sign(key if self_signed else self.key, hashes.SHA256())
        return Leaf(certificate, key, b"" if self_signed else self.chain)


class Leaf:
    """A certificate with its key and what lies between it and its root."""

    def __init__(self, certificate, key, chain):
        self.certificate, self.key = certificate, key
        self.serial = certificate.serial_number
        self.pem = certificate.public_bytes(serialization.Encoding.PEM) + chain
        self.key_pem = key_pem(key)

    def write(self, path):
        """Writes PATH.key and PATH.pem, in the order in which `ecrm certificates` does."""
        write(f"{path}.key", self.key_pem)
        write(f"{path}.pem", self.pem)
        return f"{path}.pem", f"{path}.key"


def begun(subject, issuer, key, begins, ends):
    now = datetime.datetime.now(datetime.timezone.utc)
    return (
        x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + datetime.timedelta(seconds=begins))
        .not_valid_after(now + datetime.timedelta(seconds=ends)))
