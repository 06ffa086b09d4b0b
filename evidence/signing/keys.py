"""Key pairs, proofs and sealed secrets; the only door to `cryptography`.

Ed25519: Bernstein, Duif, Lange, Schwabe, Yang (J Cryptogr Eng 2012; 2: 77), RFC 8032.
AES-GCM: NIST SP 800-38D. scrypt: Percival (BSDCan 2009), RFC 7914.
"""

from __future__ import annotations

import os

NONCE = 12  # bytes, as SP 800-38D recommends
SALT = 16  # bytes
COST = {"n": 2**16, "r": 8, "p": 1}  # 64 MiB, a few tenths of a second


def pair() -> tuple[bytes, str]:
    """A new key pair: the private key's 32 bytes, and the public key in hex."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = Ed25519PrivateKey.generate()
    return private.private_bytes_raw(), private.public_key().public_bytes_raw().hex()


def public_of(private: bytes) -> str:
    """The public key of a private one, in hex."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw().hex()


def prove(private: bytes, content: bytes) -> str:
    """The signature of bytes, in hex."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(private).sign(content).hex()


def holds(public: str, content: bytes, proof: str) -> bool:
    """Whether a proof over bytes was made with the private key of a public one."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
        key.verify(bytes.fromhex(proof), content)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def seal(key: bytes, secret: bytes, about: str) -> bytes:
    """A secret under a key of 32 bytes; `about` binds it to its owner and its use."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, secret, about.encode())


def unseal(key: bytes, sealed: bytes, about: str) -> bytes | None:
    """The secret again; none when the key, the owner or the bytes are others."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], about.encode())
    except (InvalidTag, ValueError):
        return None


def stretched(passphrase: str, salt: bytes) -> bytes:
    """A key of 32 bytes from a passphrase (scrypt)."""
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    return Scrypt(salt=salt, length=32, **COST).derive(passphrase.encode())
