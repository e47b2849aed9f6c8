"""The fixtures of both engines."""

from tests.support.sites import *  # noqa: F403
