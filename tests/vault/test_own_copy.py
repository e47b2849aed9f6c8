"""OC-06 a person's own key opens with its code alone · OC-07 what it opens is still bound to study and case."""

from __future__ import annotations

import pytest

from cora_bot.base.chance import SeededChance
from cora_bot.base.errors import NotOpened
from cora_bot.vault.own_copy import make_own_key, open_own_key
from cora_bot.vault.record import open_record, seal_record
from tests.vault.test_record import BODY, HEAD

CHANCE = SeededChance("own copy")
CODE = "K7F2QXAC9MNPWW34"


def test_key_opens_with_its_code_and_no_other() -> None:
    key = make_own_key(CODE, CHANCE)

    assert open_own_key(key.sealed, CODE).recipient == key.recipient
    for other in ("", CODE[:-1], CODE.lower(), "A" * 16):
        with pytest.raises(NotOpened):
            open_own_key(key.sealed, other)


def test_copy_is_bound_to_its_study_and_case() -> None:
    key = make_own_key(CODE, CHANCE)
    identity = open_own_key(key.sealed, CODE)
    sealed = seal_record(HEAD, BODY, [key.recipient], CHANCE)

    assert open_record(sealed, [identity], study=HEAD.study, case=HEAD.case, record=None) == (HEAD, BODY)
    for study, case in (("other", HEAD.case), (HEAD.study, "00" * 16)):
        with pytest.raises(NotOpened):
            open_record(sealed, [identity], study=study, case=case, record=None)
