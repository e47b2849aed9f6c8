"""A real PostgreSQL server for the tests: started from the PATH, in a temporary folder, on a socket only."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy.engine import URL

NOBODY = 65534
PROGRAMS = ("initdb", "postgres")
START_WITHIN = 30.0


@contextmanager
def running_server(*, durable: bool = False) -> Iterator[Path]:
    """The folder of the server's socket. Skips where the programs are missing; in CI that is a failure.

    ``durable``: it waits for the disk, as in the field.
    """
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        sentence = f"PostgreSQL is not installed here: {', '.join(missing)}"
        if os.environ.get("CORA_CI") == "1":
            pytest.fail(sentence)
        pytest.skip(sentence)
    folder = Path(tempfile.mkdtemp(prefix="cora-postgres-"))
    try:
        yield from _serve(folder, fsync="on" if durable else "off")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _serve(folder: Path, *, fsync: str) -> Iterator[Path]:
    unprivileged: dict[str, object] = {}
    if os.geteuid() == 0:  # the server refuses to run as root
        os.chown(folder, NOBODY, NOBODY)
        unprivileged = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    rows = folder / "rows"
    made = subprocess.run(
        ["initdb", "-D", str(rows), "-U", "cora", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
        cwd=folder, capture_output=True, text=True, check=False, **unprivileged,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            ["postgres", "-D", str(rows), "-k", str(folder), "-c", "listen_addresses=", "-c", f"fsync={fsync}"],
            cwd=folder, stdout=log, stderr=log, **unprivileged,
        )  # fmt: skip
        try:
            _wait_until_ready(folder, server)
            yield folder
        finally:
            server.terminate()
            server.wait(timeout=20)


def _wait_until_ready(folder: Path, server: subprocess.Popen[bytes]) -> None:
    """The server writes its state into the eighth line of its pid file."""
    until = time.monotonic() + START_WITHIN
    pid_file = folder / "rows" / "postmaster.pid"
    while not (pid_file.exists() and pid_file.read_text().splitlines()[7:8] == ["ready   "]):
        assert server.poll() is None, (folder / "log").read_text()
        assert time.monotonic() < until, (folder / "log").read_text()
        time.sleep(0.02)


async def _connect(folder: Path) -> asyncpg.Connection:
    """Waits while the server recovers from a crash."""
    async with asyncio.timeout(START_WITHIN):
        while True:
            try:
                return await asyncpg.connect(host=str(folder), user="cora", database="postgres")
            except asyncpg.CannotConnectNowError:
                await asyncio.sleep(0.02)


async def new_database(folder: Path, name: str) -> str:
    """The URL of an empty database."""
    await _order(folder, f'CREATE DATABASE "{name}"')
    return url_of(folder, name)


def url_of(folder: Path, name: str) -> str:
    return f"postgresql+asyncpg://cora@/{name}?host={folder}"


async def copy_database(folder: Path, source: str, name: str) -> str:
    """The URL of a database like ``source``, which nobody may be connected to."""
    await _order(folder, f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
    return url_of(folder, name)


async def _order(folder: Path, order: str) -> None:
    connection = await _connect(folder)
    try:
        await connection.execute(order)
    finally:
        await connection.close()


async def lines_to(folder: Path, names: Sequence[str]) -> list[int]:
    """The server's processes that serve these databases."""
    connection = await _connect(folder)
    try:
        rows = await connection.fetch("SELECT pid FROM pg_stat_activity WHERE datname = ANY($1)", list(names))
    finally:
        await connection.close()
    return [row["pid"] for row in rows]


async def until_gone(url: URL, process: int) -> None:
    """Waits until the server has ended what it did for a connection that is dead."""
    connection = await _connect(Path(str(url.query["host"])))
    try:
        async with asyncio.timeout(START_WITHIN):
            while await connection.fetchval("SELECT count(*) FROM pg_stat_activity WHERE pid = $1", process):
                await asyncio.sleep(0.002)
    finally:
        await connection.close()


async def empty_tables(folder: Path, name: str) -> None:
    """Leaves the schema and takes every row."""
    connection = await asyncpg.connect(host=str(folder), user="cora", database=name)
    try:
        rows = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        named = ", ".join(f'"{row["tablename"]}"' for row in rows if row["tablename"] != "alembic_version")
        if named:
            await connection.execute(f"TRUNCATE {named} RESTART IDENTITY")
    finally:
        await connection.close()


async def drop_database(folder: Path, name: str) -> None:
    await _order(folder, f'DROP DATABASE "{name}" WITH (FORCE)')
