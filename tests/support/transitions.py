"""Draws the transition table as a Mermaid diagram: which handlers each state has that are its own."""

from __future__ import annotations

from cora_bot.dialogue import states


def picture() -> str:
    """One box per state with the handlers it has and on what; inputs that only show the card again are left out."""
    lines = ["```mermaid", "stateDiagram-v2"]
    for state, row in states.TRANSITIONS.items():
        inputs: dict[str, list[str]] = {}
        for key, handler in row.items():
            name = f"{handler.__module__.rsplit('.', 1)[-1]}.{handler.__name__}"
            if name not in QUIET:
                inputs.setdefault(name, []).append(key.name.lower().replace("_", " "))
        lines += [f"    {state} : {name} ({', '.join(sorted(keys))})" for name, keys in sorted(inputs.items())]
    lines += [f"    {before} --> {after} : {label}" for before, after, label in MOVES]
    return "\n".join([*lines, "```"])


QUIET = {"housekeeping.redraw", "arriving.stranger_again", "arriving.languages", "housekeeping.chore"}

MOVES = (
    ("stranger", "choosing", "a good code"),
    ("choosing", "consenting", "a language"),
    ("consenting", "resting", "consent given"),
    ("consenting", "stranger", "refused"),
    ("resting", "invited", "an occurrence is due"),
    ("invited", "answering", "Open"),
    ("invited", "resting", "window over"),
    ("answering", "resting", "complete, left or over"),
    ("resting", "stopped", "no more messages"),
    ("stopped", "resting", "write to me again"),
    ("stopped", "stranger", "link or answers are gone"),
)

if __name__ == "__main__":
    print(picture())
