"""Digests of texts, and texts that somebody signed (a printed QR code, say)."""

from __future__ import annotations

import base64
import binascii
import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from cora_bot.forms.expr.errors import EvaluationError
from cora_bot.forms.expr.functions.function import Function, fixed

ALGORITHMS = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}


def digest(text: str, algorithm: str, encoding: str = "base64") -> str:
    name = ALGORITHMS.get(algorithm)
    if name is None:
        raise EvaluationError("digest() knows MD5, SHA-1, SHA-256, SHA-384 and SHA-512")
    made = hashlib.new(name, text.encode(), usedforsecurity=False).digest()
    match encoding:
        case "base64":
            return base64.b64encode(made).decode("ascii")
        case "hex":
            return made.hex()
        case _:
            raise EvaluationError("digest() writes base64 or hex")


def extract_signed(contents: str, key: str) -> str:
    """What follows the 64 bytes of an Ed25519 signature, both in base64, if the signature is by ``key``; else blank."""
    try:
        held = base64.b64decode(contents, validate=True)
        Ed25519PublicKey.from_public_bytes(base64.b64decode(key, validate=True)).verify(held[:64], held[64:])
        return held[64:].decode("utf-8", "replace")
    except (binascii.Error, ValueError, InvalidSignature):
        return ""


TABLE: dict[str, Function] = {
    "digest": fixed(digest, "sss", "s", least=2),
    "extract-signed": fixed(extract_signed, "ss", "s"),
}
