"""V-06 the size of a picture is read from the file as a painter's library wrote it; what Telegram refuses is named."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from cora_bot.study.visits.pictures import fits, size


def painted(kind: str, width: int, height: int, **how: object) -> bytes:
    file = BytesIO()
    Image.new("RGB", (width, height), "blue").save(file, kind, **how)  # type: ignore[arg-type]
    return file.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize(("width", "height"), [(1, 1), (640, 480), (480, 640), (4000, 3000)])
def test_size_is_what_was_painted(kind: str, width: int, height: int) -> None:
    assert size(painted(kind, width, height)) == (width, height)


def test_size_is_found_behind_what_a_camera_writes() -> None:
    exif = Image.Exif()
    exif[0x010E] = "x" * 20_000
    content = painted("JPEG", 300, 200, exif=exif, progressive=True, comment=b"y" * 1000)

    assert (len(content) > 21_000, size(content)) == (True, (300, 200))


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_torn_file_has_no_size_and_raises_nothing(kind: str) -> None:
    content = painted(kind, 300, 200)
    found = {size(content[:length]) for length in range(len(content))}

    assert found == {None, (300, 200)}
    assert size(content[:15]) is None


@pytest.mark.parametrize(
    "content", [b"", b"GIF89a", b"\xff\xd8\xff", b"\xff\xd8\xff\xe0\0\0", b"\xff\xd8" + b"\xff" * 99]
)
def test_what_is_no_picture_has_no_size(content: bytes) -> None:
    assert size(content) is None


@pytest.mark.parametrize(
    ("width", "height", "shown"),
    [(5000, 5000, True), (5001, 5000, False), (2000, 100, True), (2001, 100, False), (100, 2001, False)],
)
def test_shape_telegram_shows(width: int, height: int, shown: bool) -> None:
    assert fits(width, height) is shown
