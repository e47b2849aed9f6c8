"""A visitor of the demonstration: `cora pilot` as its own process, and hands on its page in a real browser.

The visitor knows the study and the catalogs, so that it finds buttons in any language, and reads nothing but the page.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Locator, Page, expect

from cora_bot.dialogue import phrases
from cora_bot.dialogue.script import Script
from cora_bot.forms.model import Kind, Question
from tests.support.house import STUDY, script_of

CORA = Path(sys.executable).with_name("cora")
ADDRESS = re.compile(r"The demonstration is at (http://\S+)")
SIGNS = "(?:[☐☑✓●☰▶🌐] )?"


@asynccontextmanager
async def demonstration(folder: Path) -> AsyncIterator[str]:
    """The running demonstration's address; stopped as a person would stop it."""
    process = await asyncio.create_subprocess_exec(
        CORA, "pilot", "--folder", folder, "--port", "0",
        stdout=asyncio.subprocess.PIPE, env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    try:
        yield await _address(process)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 15) == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _address(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    address = ""
    async with asyncio.timeout(60):
        async for line in process.stdout:
            address = found[1] if (found := ADDRESS.match(line.decode())) else address
            if "Ctrl-C" in line.decode():
                return address
    raise AssertionError("the demonstration did not start")


@dataclass(slots=True)
class Visitor:
    """``language`` is the one the person chooses in the chat."""

    page: Page
    language: str
    script: Script = field(default_factory=lambda: script_of(STUDY))

    def say(self, phrase: str) -> str:
        return self.script.phrases.say(phrase, self.language)

    @property
    def notices(self) -> Locator:
        return self.page.locator(".notice-text")

    async def card(self) -> str:
        """The text of the bot's lowest message."""
        return await self.page.locator(".bubble:not(.mine) .text").last.inner_text()

    async def _card(self) -> tuple[str | None, str]:
        """The bot's lowest message, and all that is legible on it."""
        lowest = self.page.locator(".bubble:not(.mine)").last
        return await lowest.get_attribute("data-id"), await lowest.inner_text()

    async def press(self, label: str) -> None:
        """Presses the lowest button of that label, whatever sign stands before it, and waits for what it changes."""
        named = re.compile(f"^{SIGNS}{re.escape(label)}$")
        button = self.page.locator(".bubble .keys button").filter(has_text=named).last
        await button.wait_for()
        before = await self._card()
        await button.click()
        await self._changed(before)

    async def write(self, text: str) -> None:
        """Types and sends, and waits until the bot has taken the message away."""
        before = await self._card()
        await self.page.fill("#text", text)
        await self.page.press("#text", "Enter")
        await expect(self.page.locator("#text")).to_have_value("")
        await self._changed(before)
        await expect(self.page.locator(".bubble.mine")).to_have_count(0)

    async def _changed(self, before: tuple[str | None, str]) -> None:
        async with asyncio.timeout(20):
            while await self._card() == before:
                await asyncio.sleep(0.02)

    async def enrol(self, replies: Mapping[str, str], *, until: str = "") -> None:
        """Presses a link, chooses the language, consents. Stops before the question ``until``, or at the receipt."""
        await self.page.click("#invite")
        await expect(self.page.locator(".bubble .keys button")).to_have_count(len(self.script.study.languages))
        await self.press(self.script.study.language(self.language).name)
        if until == "text":
            return
        await self.press(self.say(phrases.CONTINUE))
        await self.answer("consent", replies, until=until)

    async def answer(self, form: str, replies: Mapping[str, str], *, until: str = "") -> None:
        """Answers question after question: with ``replies`` (codes, or text) by name, else with the first choice."""
        while (question := await self.asked(form)) is not None and question.name != until:
            reply = replies.get(question.name, "")
            match question.kind:
                case Kind.SELECT_ONE:
                    await self.press(self.label(question, reply))
                case Kind.SELECT_MANY:
                    for value in reply.split() or [""]:
                        await self.press(self.label(question, value))
                    await self.press(self.say(phrases.DONE))
                case Kind.NOTE:
                    await self.press(self.say(phrases.CONTINUE))
                case _:
                    await self.write(reply)

    async def asked(self, form: str) -> Question | None:
        """The question on the card; None when it shows none of this form."""
        card = await self.card()
        for question in reversed(self.script.forms[form].questions):
            label = question.labels.get(self.language, "").split("\n")[0].strip()
            if label and label in card.split("\n"):
                return question
        return None

    def label(self, question: Question, value: str) -> str:
        """What the button of that code says; without a code, of the first one."""
        chosen = [option for option in question.options if option.value == value] if value else question.options
        return chosen[0].labels[self.language]

    async def next_event(self) -> str:
        """Moves time on to the next event; what the page says about it."""
        said = self.page.locator("#time-said")
        before = await said.text_content()
        await self.page.click("#next-event")
        async with asyncio.timeout(20):
            while (told := await said.text_content() or "") == before:
                await asyncio.sleep(0.02)
        return told

    async def unlock(self) -> None:
        await self.page.click("#unlock")
        await expect(self.page.locator("#chat")).to_be_visible()
