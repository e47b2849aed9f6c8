"""SE-01 Settings come from CORA_* alone; a mistyped name is an error, not a silence.
SE-02 The bot's token never leaves this machine unencrypted and is never shown.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from cora_bot.base.errors import CoraError
from cora_bot.settings import SETTINGS, Settings, read_settings


def test_read_settings_defaults_lie_in_the_home_folder() -> None:
    assert read_settings({"PATH": "/bin"}) == Settings(
        home=Path("data"),
        study=Path("study"),
        token="",
        token_file=None,
        bot="",
        api="https://api.telegram.org",
        database="sqlite+aiosqlite:///data/cora.db",
        keystore="sqlite+aiosqlite:///data/keystore.db",
        server_key=None,
        server_passphrase_file=None,
        credentials=None,
        clock_file=None,
    )


def test_read_settings_takes_every_setting_of_the_table() -> None:
    shaped = {
        "CORA_API": "http://127.0.0.1:8081/",
        "CORA_WEBHOOK_URL": "https://bot.example.org/hook",
        "CORA_WEBHOOK_LISTEN": "0.0.0.0:8444",
        "CORA_METRICS": "[::1]:9464",
        "CORA_PING_URL": "https://ping.example.org/x",
        "CORA_PAID_BROADCAST": "yes",
    }
    environment = {setting.name: f"/x/{setting.name}" for setting in SETTINGS} | shaped
    settings = read_settings(environment)
    found = [
        settings.home,
        settings.study,
        settings.token,
        settings.token_file,
        settings.bot,
        settings.database,
        settings.keystore,
        settings.server_key,
        settings.server_passphrase_file,
        settings.clock_file,
    ]
    assert [str(value) for value in found] == [f"/x/{one.name}" for one in SETTINGS if one.name not in shaped]
    assert settings.api == "http://127.0.0.1:8081"
    assert (settings.webhook_url, settings.webhook_listen) == ("https://bot.example.org/hook", ("0.0.0.0", 8444))
    assert (settings.metrics, settings.ping_url) == (("::1", 9464), "https://ping.example.org/x")
    assert settings.paid_broadcast


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CORA_WEBHOOK_URL", "http://bot.example.org/hook"),
        ("CORA_WEBHOOK_URL", "bot.example.org"),
        ("CORA_WEBHOOK_LISTEN", "8443"),
        ("CORA_WEBHOOK_LISTEN", "localhost:99999"),
        ("CORA_METRICS", "0.0.0.0:9464"),
        ("CORA_METRICS", "metrics.example.org:9464"),
        ("CORA_PING_URL", "ftp://ping.example.org"),
        ("CORA_PAID_BROADCAST", "true"),
    ],
)
def test_setting_that_would_open_a_door_or_means_nothing_is_refused(name: str, value: str) -> None:
    with pytest.raises(CoraError, match=name):
        read_settings({name: value})


def test_read_settings_refuses_an_unknown_name() -> None:
    with pytest.raises(CoraError) as refused:
        read_settings({"CORA_HOMME": "/srv/cora"})
    assert str(refused.value) == "there is no setting CORA_HOMME"


@pytest.mark.parametrize(
    ("api", "loopback"),
    [
        ("http://127.0.0.1:8081", True),
        ("http://[::1]:8081", True),
        ("http://localhost:8081", True),
        ("https://api.telegram.org", False),
        ("https://127.0.0.1.example.org", False),
        ("https://localhost.example.org", False),
        ("https://127.0.0.1@example.org", False),
    ],
)
def test_settings_loopback_is_this_machine_only(api: str, loopback: bool) -> None:
    assert read_settings({"CORA_API": api}).loopback == loopback


@pytest.mark.parametrize(
    ("api", "message"),
    [
        ("http://api.example.org", "CORA_API leaves this machine without encryption"),
        ("http://10.0.0.2:8081", "CORA_API leaves this machine without encryption"),
        ("api.telegram.org", "CORA_API is not a web address"),
        ("http://[::1", "CORA_API is not a web address"),
        ("file:///etc/passwd", "CORA_API is not a web address"),
    ],
)
def test_read_settings_refuses_an_api_that_would_show_the_token(api: str, message: str) -> None:
    with pytest.raises(CoraError) as refused:
        read_settings({"CORA_API": api})
    assert str(refused.value) == message


def test_settings_do_not_show_the_token() -> None:
    assert "1234:SECRET" not in repr(read_settings({"CORA_TOKEN": "1234:SECRET"}))
