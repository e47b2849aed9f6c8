"""What every usecase works with: the stores, the keys, the script, the clock, chance. Passed, never global."""

from __future__ import annotations

from cora_bot.base.chance import Chance
from cora_bot.base.clock import Clock
from cora_bot.base.values import Value
from cora_bot.dialogue.script import Script
from cora_bot.store.database import Database
from cora_bot.store.keystore import KeyStore
from cora_bot.vault.agefile import Recipient
from cora_bot.vault.working import WorkingKeys


class House(Value):
    database: Database
    keystore: KeyStore
    keys: WorkingKeys
    recipients: tuple[Recipient, ...]
    script: Script
    clock: Clock
    chance: Chance
