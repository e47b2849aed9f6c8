"""Digests of texts."""

from __future__ import annotations

import base64
import hashlib

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


TABLE: dict[str, Function] = {"digest": fixed(digest, "sss", "s", least=2)}
