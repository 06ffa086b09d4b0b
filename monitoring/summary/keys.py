"""A site's Ed25519 key (RFC 8032): it signs what leaves, those who merge know its public half.

The only door to `cryptography`.
"""

from __future__ import annotations

import base64
import os
from typing import TYPE_CHECKING, Any

from evidence import digest as digests
from evidence.errors import DataError, NotFoundError, UsageError
from policies import reader
from policies.reader import Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PUBLIC = ".pub"


class Sites(Text):
    """What ``sites.yaml`` may say: the sites whose summaries are merged."""

    sites: dict[str, str]
    """Name of the site to the file of its public key, relative to this file."""


def new(path: Path) -> Path:
    """Make a key: the private half at `path`, for its owner alone, the public one beside it.

    Returns:
        Where the public key is; it is sent to whoever merges.

    Raises:
        UsageError: A key is there already.
    """
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    public = path.with_name(path.name + PUBLIC)
    if path.exists() or public.exists():
        raise UsageError(f"{path} is there already: leave out --new-key, or name another file.")
    key = Ed25519PrivateKey.generate()
    secret = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(secret)
    told = key.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)
    public.write_bytes(told)
    return public


def private(path: Path) -> Any:
    """A site's private key.

    Raises:
        NotFoundError: There is no such file.
        DataError: It holds no Ed25519 key.
    """
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    if not path.is_file():
        raise NotFoundError(f"There is no key at {path}. Make one with: --key {path} --new-key")
    try:
        key = form.load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError) as error:
        raise DataError(str(path), ["holds no private key without a password (PEM)"]) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise DataError(str(path), ["holds a key of another kind: Ed25519 is needed"])
    return key


def known(path: Path) -> dict[str, bytes]:
    """The public keys of the sites, raw, by name.

    Args:
        path: A folder of files ``SITE.pub``, or a ``sites.yaml``.

    Raises:
        NotFoundError: Nothing is there.
        DataError: Files that hold no public key; all of them.
    """
    if path.is_dir():
        files = {p.name.removesuffix(PUBLIC): p for p in sorted(path.glob(f"*{PUBLIC}"))}
    elif path.is_file():
        told = reader.read(path, Sites)
        files = {name: path.parent / file for name, file in told.sites.items()}
    else:
        raise NotFoundError(f"{path}: name a folder of SITE.pub files, or a sites.yaml.")
    found, faults = {}, []
    for name, file in files.items():
        raw = _public(file)
        if raw is None:
            faults.append(f"site '{name}': {file} holds no public Ed25519 key (PEM)")
        else:
            found[name] = raw
    if faults:
        raise DataError(str(path), faults)
    return found


def _public(path: Path) -> bytes | None:
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = form.load_pem_public_key(path.read_bytes())
    except (ValueError, OSError):
        return None
    return key.public_bytes_raw() if isinstance(key, Ed25519PublicKey) else None


def sign(body: Mapping[str, Any], key: Any) -> str:
    """The signature over a body's canonical JSON, in base 64."""
    return base64.b64encode(key.sign(digests.canonical(dict(body)))).decode()


def fingerprint(raw: bytes) -> str:
    """The digest of a raw public key."""
    return digests.of_bytes(raw)


def verifies(body: Mapping[str, Any], signature: str, raw: bytes) -> bool:
    """Whether a signature is of these bytes and this key."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        told = base64.b64decode(signature, validate=True)
        Ed25519PublicKey.from_public_bytes(raw).verify(told, digests.canonical(dict(body)))
    except (InvalidSignature, ValueError):
        return False
    return True
