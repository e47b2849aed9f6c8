"""The fixtures of both engines."""

from tests.support.stores import *  # noqa: F403
