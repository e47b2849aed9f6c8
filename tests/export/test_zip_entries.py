"""EX-70 what is written entry by entry is an ordinary zip file, and ordinary ones are read; the memory stays the same
EX-71 a file that was cut short keeps its whole entries; a changed one is refused in a sentence
"""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from cora_bot.base.chance import SeededChance, below
from cora_bot.base.errors import CoraError
from cora_bot.export import zip_entries
from cora_bot.export.zip_entries import Writing, content, entries

MANY = 70_000  # more than a zip file without its large format can hold
PARTS = {"a.csv": b"x" * 200_000, "b.age": bytes(range(256)), "empty.csv": b""}


def _written(path: Path) -> Path:
    with Writing(path) as out:
        for name, plain in PARTS.items():
            out.add(name, plain)
        out.finish()
    return path


def _packed(path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, plain in PARTS.items():
            archive.writestr(name, plain)
    return path


def _read(path: Path) -> dict[str, bytes]:
    with path.open("rb") as file:
        return {entry.name: content(file, entry, 10**6) for entry in entries(file)}


def test_what_is_written_is_an_ordinary_zip_file(tmp_path: Path) -> None:
    path = _written(tmp_path / "a.zip")
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == PARTS
    assert path.stat().st_mode & 0o777 == 0o600
    assert _read(path) == PARTS


def test_ordinary_zip_files_are_read_and_copied_as_they_are_packed(tmp_path: Path) -> None:
    packed = _packed(tmp_path / "a.zip")
    assert _read(packed) == PARTS
    with packed.open("rb") as file, Writing(tmp_path / "b.zip") as out:
        for entry in entries(file):
            out.copy(file, entry)
        out.finish()
    with zipfile.ZipFile(packed) as before, zipfile.ZipFile(tmp_path / "b.zip") as after:
        assert after.testzip() is None
        sizes = [[info.compress_size for info in each.infolist()] for each in (before, after)]
    assert sizes[0] == sizes[1]


def test_far_places_are_written_in_the_large_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if offsets ended at 100 bytes: the large records are used, and read."""
    monkeypatch.setattr(zip_entries, "_FULL", 0xFFFFFFFF)
    path = tmp_path / "large.zip"
    with Writing(path) as out:
        out._file.truncate(5 * 2**30)  # a hole: the disk holds none of it
        out._file.seek(5 * 2**30)
        out.add("far.age", b"far away")
        found = zip_entries.Entry("far.age", 0, zip_entries.zlib.crc32(b"far away"), 8, 8, 5 * 2**30)
        record = zip_entries._central_record(found)
        at = out._file.tell()
        out._file.write(record)
        end = out._file.tell()
        out._file.write(zip_entries._END64.pack(b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, end - at, at))
        out._file.write(zip_entries._LOCATOR.pack(b"PK\x06\x07", 0, end, 1))
        full = 0xFFFFFFFF
        out._file.write(zip_entries._END.pack(b"PK\x05\x06", 0, 0, 1, 1, end - at, full, 0))
    assert _read(path) == {"far.age": b"far away"}
    with zipfile.ZipFile(path) as archive:
        assert archive.read("far.age") == b"far away"


def test_many_entries_need_no_more_memory_than_few(tmp_path: Path) -> None:
    peaks = []
    for count in (100, MANY):
        path = tmp_path / f"{count}.zip"
        tracemalloc.start()
        with Writing(path) as out:
            for number in range(count):
                out.add(f"records/{number:032x}.age", b"sealed")
            out.finish()
        with path.open("rb") as file:
            assert sum(content(file, entry, 10) == b"sealed" for entry in entries(file)) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 50_000, peaks
    with zipfile.ZipFile(tmp_path / f"{MANY}.zip") as archive:
        assert (len(archive.namelist()), archive.testzip()) == (MANY, None)


def test_a_file_cut_anywhere_keeps_its_whole_entries(tmp_path: Path) -> None:
    whole = _written(tmp_path / "a.zip").read_bytes()
    path = tmp_path / "cut.zip"
    for cut in [*range(300), *range(len(whole) - 400, len(whole))]:
        path.write_bytes(whole[:cut])
        with Writing(path) as out:
            kept = {entry.name: out.read(entry, 10**6) for entry in out.whole()}
            for name, plain in PARTS.items():
                if name not in kept:
                    out.add(name, plain)
            out.finish()
        assert list(kept.items()) == list(PARTS.items())[: len(kept)]
        assert _read(path) == PARTS
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None


def test_a_page_that_never_reached_the_disk_is_written_again(tmp_path: Path) -> None:
    path = _written(tmp_path / "a.zip")
    bent = bytearray(path.read_bytes())
    bent[1000:5000] = bytes(4000)
    path.write_bytes(bent)
    with Writing(path) as out:
        assert [entry.name for entry in out.whole()] == []
    assert path.stat().st_size == 0


@pytest.mark.parametrize("make", [_written, _packed])
def test_a_bent_file_is_refused_in_a_sentence_or_read_as_it_was(tmp_path: Path, make: object) -> None:
    chance = SeededChance("bent")
    original = make(tmp_path / "a.zip").read_bytes()  # type: ignore[operator]
    refused = 0
    for _ in range(400):
        bent = bytearray(original)
        near_the_end = below(chance, 2)
        at = len(bent) - 1 - below(chance, 400) if near_the_end else below(chance, len(bent))
        match below(chance, 3):
            case 0:
                bent[at] ^= 1 << below(chance, 8)
            case 1:
                del bent[at : at + 1 + below(chance, 40)]
            case _:
                bent[at:at] = chance.bytes(1 + below(chance, 8))
        file = io.BytesIO(bytes(bent))
        try:
            found = [(entry.name, content(file, entry, 10**6)) for entry in entries(file)]
        except CoraError:
            refused += 1
        else:
            assert sorted(plain for _, plain in found) == sorted(PARTS.values())
    assert refused > 100


def test_an_entry_that_is_too_large_is_not_unpacked(tmp_path: Path) -> None:
    with _packed(tmp_path / "a.zip").open("rb") as file:
        [large] = [entry for entry in entries(file) if entry.name == "a.csv"]
        with pytest.raises(CoraError, match="larger than bundles may hold"):
            content(file, large, 1000)
