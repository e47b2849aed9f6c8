"""JavaRosa, the engine inside ODK Collect and KoboCollect, asked for what a tablet would do.

It comes with pyxform; ``CORA_JAVAROSA_TOOLS`` names the folder with the two small programs that ask it. One start of
Java answers many cases.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import pyxform

TOOLS = os.environ.get("CORA_JAVAROSA_TOOLS", "")
JAR = Path(pyxform.__file__).parent / "validators/odk_validate/bin/ODK_Validate.jar"
BATCH = """
import java.nio.file.*;
public class Batch {
  public static void main(String[] folders) throws Exception {
    for (String each : folders) {
      try { WalkForm.main(new String[] {each + "/form.xml", each + "/answers.json", each + "/out.json"}); }
      catch (Throwable t) { Files.writeString(Path.of(each, "threw.txt"), String.valueOf(t)); }
    }
  }
}
"""
needed = [
    pytest.mark.xdist_group("javarosa"),
    pytest.mark.timeout(900),
    pytest.mark.skipif(not TOOLS, reason="CORA_JAVAROSA_TOOLS names no folder with WalkForm.java and EvalXPath.java"),
    pytest.mark.skipif(shutil.which("javac") is None, reason="there is no javac"),
]


@cache
def built() -> Path:
    """The programs, compiled once for each process of the tests."""
    folder = Path(tempfile.mkdtemp(prefix="javarosa-"))
    (folder / "Batch.java").write_text(BATCH, "utf-8")
    sources = [str(folder / "Batch.java"), *(str(Path(TOOLS) / f"{name}.java") for name in ("WalkForm", "EvalXPath"))]
    subprocess.run(["javac", "-cp", str(JAR), "-d", str(folder), *sources], check=True, capture_output=True)
    return folder


def java(program: str, *arguments: str, zone: str = "UTC") -> None:
    command = ["java", "-XX:+UseSerialGC", f"-Duser.timezone={zone}", "-Duser.language=en"]
    classpath = f"{built()}{os.pathsep}{JAR}"
    subprocess.run([*command, "-cp", classpath, program, *arguments], check=True, capture_output=True)


def evaluated(sources: Sequence[str], tree: str, folder: Path, *, zone: str = "UTC") -> list[dict[str, Any]]:
    """Each expression on ``tree``: ``type``, ``bool``, ``num``, ``str``, or ``throws``."""
    cases = [{"id": str(at), "expression": source, "instance_xml": tree} for at, source in enumerate(sources)]
    (folder / "cases.json").write_text(json.dumps(cases), "utf-8")
    java("EvalXPath", str(folder / "cases.json"), str(folder / "out.json"), zone=zone)
    answers: list[dict[str, Any]] = json.loads((folder / "out.json").read_text("utf-8"))
    return answers


def walked(folders: Sequence[Path]) -> dict[Path, str]:
    """Walks ``form.xml`` with ``answers.json`` of each folder; ``out.json`` beside them says what happened.

    Gives, by folder, what JavaRosa threw.
    """
    java("Batch", *map(str, folders))
    threw = {folder: folder / "threw.txt" for folder in folders}
    return {folder: path.read_text("utf-8") for folder, path in threw.items() if path.exists()}
