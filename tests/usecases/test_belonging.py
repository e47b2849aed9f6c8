"""BL-01 a store opened with another study or other keys is refused before anybody is taken for a stranger."""

from __future__ import annotations

import pytest

from cora_bot.base.errors import CoraError
from cora_bot.base.values import replace
from cora_bot.usecases.deliver import recover
from cora_bot.usecases.house import House
from cora_bot.usecases.invite import make_tokens
from cora_bot.vault.working import WorkingKeys


async def test_store_is_refused_with_other_keys_or_another_study(house: House) -> None:
    await recover(house)
    await recover(house)
    other_keys = replace(house, keys=WorkingKeys.generate(house.chance))
    study = replace(house.script.study, id="another")
    other_study = replace(house, script=replace(house.script, study=study))

    with pytest.raises(CoraError, match="other server keys"):
        await recover(other_keys)
    with pytest.raises(CoraError, match="another study"):
        await make_tokens(other_study, 1, expires_days=3)
