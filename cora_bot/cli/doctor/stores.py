"""The two stores: there, of this program's schema, whole, this study's, and fitting each other. Nothing is changed."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from cora_bot.base.errors import CoraError, NotOpened
from cora_bot.base.examination import Checked, error, failed, warning, wrong
from cora_bot.base.problems import Problem
from cora_bot.cli.doctor.examined import Examined
from cora_bot.store import audit_log, chats, staff_phones
from cora_bot.store.database import Database, Tx, connect
from cora_bot.store.keystore import KeyStore
from cora_bot.store.upgrade import schema
from cora_bot.usecases.belonging import differing
from cora_bot.usecases.readable import Read, read_everyone
from cora_bot.usecases.upgrading import KEPT, old_copies
from cora_bot.vault.audit_chain import first_broken

PART = "stores"
AHEAD = timedelta(minutes=5)


async def stores(examined: Examined, now: datetime) -> Checked:
    """Opens both as they are. Raises nothing: what the database says becomes a finding."""
    missing = [path for path in examined.settings.store_files if path is not None and not path.is_file()]
    if len(missing) == 2 or (missing and examined.settings.store_files[0] == missing[0]):
        return Checked(PART, "not there yet; the first start makes them")
    if missing:
        hint = "Without it nobody's case is known. Put the key store's copy of the same moment there."
        return wrong(PART, f"the key store {missing[0]} is missing", hint)
    try:
        return await _examine(examined, now)
    except CoraError as why:
        return failed(PART, why)
    except (SQLAlchemyError, OSError) as why:
        hint = "Is it the right address? Is the file whole? Take the copies of one moment: docs/operators.md, Backups."
        return wrong(PART, f"cannot be read ({type(why).__name__})", hint)


async def _examine(examined: Examined, now: datetime) -> Checked:
    database = Database(connect(examined.settings.database))
    try:
        found = await schema(database)
        if found.found is None:
            return Checked(PART, "empty; the first start makes the tables")
        if not found.current:
            hint = "Run: cora upgrade" if found.known else "Install the newer program."
            return wrong(PART, f"schema {found.found}, this program needs {found.newest}", hint)
        async with database.read() as tx:
            problems = [*await _whole(database, tx), *await _of_now(tx, now)]
            problems += [*await _duty(examined, tx), *await _log(examined, tx)]
            read = await _people(examined, tx, problems)
        people = f"{read.people} people" if read else "not read without the study and the server's key"
        return Checked(PART, "" if problems else f"schema {found.newest}, {people}", tuple(problems))
    finally:
        await database.close()


async def _whole(database: Database, tx: Tx) -> list[Problem]:
    if not database.is_sqlite:
        return []
    found = (await tx.execute(text("PRAGMA quick_check(1)"))).scalar_one()
    hint = "Stop the bot, take the copies of one moment: docs/operators.md, Backups. Is the disk failing?"
    return [] if found == "ok" else [error(PART, "the database is damaged", hint)]


async def _of_now(tx: Tx, now: datetime) -> list[Problem]:
    """A clock that was set back would send everything late, and every window would seem longer."""
    last = await chats.last_seen(tx)
    if last is None or last <= now + AHEAD:
        return []
    hint = "Set the machine's clock (timedatectl set-ntp true) before the bot goes on."
    return [error("clock", f"it is behind: somebody wrote at {last:%Y-%m-%d %H:%M}, later than now", hint)]


async def _duty(examined: Examined, tx: Tx) -> list[Problem]:
    """People are told that somebody of the team hears of it: then somebody must be able to."""
    rules = examined.script.study.alerts if examined.script else None
    if rules is None:
        return []
    reached = {each.name for each in await staff_phones.every(tx) if each.chat is not None and not each.blocked}
    missing = [name for name in rules.duty if name not in reached]
    hint = "Link their phones: cora staff add NAME. Who blocked the bot must unblock it."
    if len(missing) == len(rules.duty):
        return [error("alerts", "nobody on duty can be reached, and people are told that somebody is", hint)]
    return [warning("alerts", f"{name} is on duty and has no phone that can be reached", hint) for name in missing]


async def _log(examined: Examined, tx: Tx) -> list[Problem]:
    if examined.script is None:
        return []
    chain = [audit_log.entry(row) async for row in audit_log.every(tx)]
    broken = first_broken(chain, log=examined.script.study.id)
    hint = "Stop the bot, keep a copy of the database as it is, and tell the researchers."
    return [] if broken is None else [error("audit", f"the audit log was changed, from entry {broken} on", hint)]


async def _people(examined: Examined, tx: Tx, problems: list[Problem]) -> Read | None:
    """Reads everyone with the server's keys. What is wrong is added to ``problems``."""
    keys, script = examined.keys, examined.script
    if keys is None or script is None:
        return None
    others = await differing(tx, script.study.id, keys)
    if others:
        hint = "Check CORA_STUDY, CORA_SERVER_KEY and the stores' addresses."
        problems += [error(PART, f"they were begun with {what}", hint) for what in others]
        return None
    keystore = KeyStore(Database(connect(examined.settings.keystore)), keys)
    try:
        read = await read_everyone(tx, keystore)
    except (NotOpened, ValueError) as why:
        hint = "Is this the program that wrote them? Report this."
        problems.append(error(PART, f"a person's profile or form cannot be read ({type(why).__name__})", hint))
        return None
    finally:
        await keystore.close()
    if read.without_case:
        message = f"{read.without_case} people have no case: their links were cut, or the key store is an older copy"
        problems.append(warning(PART, message, "Take the key store's copy of the same moment, where it was restored."))
    return read


def copies(examined: Examined, now: datetime) -> Checked:
    """What upgrades have left behind."""
    old = old_copies(examined.settings.upgrade_copies, now)
    hint = "Delete them: they hold keys whose destruction erases people."
    found = [warning("copies", f"{path} is older than {KEPT.days} days", hint) for path in old]
    return Checked("copies", "" if found else "no old ones", tuple(found))
