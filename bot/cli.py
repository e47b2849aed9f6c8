"""`cora`: the core's commands plus those that need the chat face. The composition root."""

from __future__ import annotations

from cora_bot.cli.main import COMMANDS, cora_group

cora = cora_group(
    {
        **COMMANDS,
        "doctor": "bot.examining:doctor",
        "visits": "bot.planning.command:visits",
        "run": "bot.running:run",
        "panic": "bot.panic:panic",
        "pilot": "bot.demonstrating:pilot",
        "simulate": "bot.simulate.command:simulate_command",
    }
)


def main() -> None:
    """Entry point of the `cora` command."""
    cora()
