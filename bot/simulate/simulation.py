"""The simulation itself: from due moment to due moment, and in each of them everyone who acts, side by side.

Rules: time stands still while somebody acts and the bot answers, and moves only here. All people do one thing each,
then the bot has answered everything, then all look again: a round. So the same seed lives the same lives, however fast
the machine is; a kill changes when something is sent, never what was said.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from bot.pilot.world import World
from bot.simulate import behaviour
from bot.simulate.process import Bot
from bot.simulate.respondent import Respondent, next_step
from bot.simulate.team import Team
from cora_bot.base.chance import Chance, below
from cora_bot.base.clock import SetClock

MINUTE = timedelta(minutes=1)
ROUND = timedelta(seconds=20)
STEP = timedelta(minutes=30)  # of what falls due: no zone's hours are missed but those of Nepal and the Chatham Islands
LOOK_AGAIN = 0.0005  # real seconds
LATEST_KILL = 60  # real milliseconds
MOST_ROUNDS = 2_000  # in one moment; more is a mistake of ours


@dataclass
class Simulation:
    """People, their bot, and the time. ``kills`` are the instants at which the bot is killed at its next work."""

    world: World
    clock: SetClock
    bot: Bot
    people: Sequence[Respondent]
    end: datetime
    kills: list[datetime]
    chance: Chance
    progress: Callable[[datetime], None]
    team: Team | None = None  # with a trip everything happens at its own minute, which takes longer
    rounds: int = 0
    ticks: int = 0
    _due: datetime | None = field(default=None)

    async def live(self) -> None:
        """From now to the end."""
        for one in self.people:
            one.plan(one.persona.arrives, partial(behaviour.enrol, one))
        await self.bot.begin(self.clock.now())
        while (moment := self._next()) is not None:
            self.clock.set(moment)
            self.progress(moment)
            if self.team is not None:
                await self.team.act(moment)
            await self._tick()
            await self._act()
        self.clock.set(max(self.end, self.clock.now()))
        await self._tick()
        for one in self.people:
            one.look()

    def _next(self) -> datetime | None:
        """The next moment at which something happens; what lies within the same half hour happens at once."""
        moments = [one.next() for one in self.people if one.doing is None]
        team = self.team.next() if self.team is not None else None
        known = [each for each in (*moments, self._due, team) if each is not None]
        if not known:
            return None
        moment = max(next_step(min(known), STEP if self.team is None else MINUTE), self.clock.now())
        return moment if moment < self.end else None

    async def _tick(self) -> None:
        """What is due now happens; what that makes due at once, too."""
        now = self.clock.now()
        if self._to_be_killed() and below(self.chance, 2):
            await self.bot.move(now)
            self.bot.send("tick")
            await self._kill()
        self._due = await self.bot.tick(now)
        self.ticks += 1
        for one in self.people:
            if one.look():
                self._heard(one)

    def _heard(self, one: Respondent) -> None:
        """A message rang: the person will look, some time later, when awake."""
        habit = one.persona.habit
        one.plan(one.awake_at(one.clock.now() + one.hours(*habit.delay)), partial(behaviour.look, one))

    async def _act(self) -> None:
        """Rounds, until nobody does anything more."""
        for _ in range(MOST_ROUNDS):
            acting = [one for one in self.people if one.step()]
            if not acting:
                return
            if self._to_be_killed():
                await self._kill()
            await self._answered()
            self.rounds += 1
            for one in acting:
                if one.look():
                    self._heard(one)
            self.clock.set(self.clock.now() + ROUND)
            await self.bot.move(self.clock.now())
            self._due = self.clock.now()
            if self.team is not None and self.team.has_offered:
                await self._tick()  # a reminder does not wait until everybody has done what they were about
        raise RuntimeError("somebody goes round in circles")

    async def _answered(self) -> None:
        """The bot has taken everything that was said, and has sent everything it has to say."""
        while self.world.pending():  # noqa: ASYNC110 - another process takes them: there is no event to wait for
            await asyncio.sleep(LOOK_AGAIN)
        await self.bot.settle()

    def _to_be_killed(self) -> bool:
        return bool(self.kills) and self.kills[0] <= self.clock.now()

    async def _kill(self) -> None:
        """A moment into its work, by real time: sometimes before anything, sometimes after everything."""
        del self.kills[0]
        await asyncio.sleep(below(self.chance, LATEST_KILL) / 1000)
        await self.bot.kill()


def instants(chance: Chance, count: int, *, begin: datetime, end: datetime) -> list[datetime]:
    """``count`` random instants, the earliest first."""
    seconds = int((end - begin).total_seconds())
    return sorted(begin + timedelta(seconds=below(chance, max(1, seconds))) for _ in range(count))
