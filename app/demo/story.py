"""The story, from the first word to the exit status."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from app.demo import acts
from app.demo.acts import Burst, Overridden, Shadowed, Thrice, WentLive
from app.demo.cast import BURST, DANA, KIT, NAMED, ONE_BY_ONE, ROSA, UMA
from app.demo.checks import Played, check
from app.demo.folder import fresh_folder
from app.demo.show import Screen
from app.demo.sights import Eyes, Sight, open_eyes, record_of
from app.demo.stage import Stage, open_stage
from app.logs import configure_logs

DATA_DIR = Path("data/demo")


@dataclass
class _Ending:
    """How it came out so far."""

    well: bool = False


def main(*, once: bool, port: int, data_dir: Path | None = None) -> int:
    """Play the story in a fresh folder and return the exit status: 0 when all came out as the story says.

    Serves on until interrupted, unless `once`. Raises BatonError, with the remedy, when it cannot be played.
    """
    configure_logs("warning", "console")
    ending, screen = _Ending(), Screen()
    try:
        asyncio.run(_play(screen, ending, data_dir or DATA_DIR, port, once=once))
    except (KeyboardInterrupt, asyncio.CancelledError):
        screen.say("\nStopped.")
    return 0 if ending.well else 1


async def _play(screen: Screen, ending: _Ending, data_dir: Path, port: int, *, once: bool) -> None:
    _end_on_terminate()
    started = time.monotonic()
    _introduce(screen)
    with fresh_folder(data_dir) as folder:
        async with AsyncExitStack() as stack:
            with screen.waiting("Starting PostgreSQL, the simulated HubSpot and Baton"):
                stage = await stack.enter_async_context(open_stage(folder, port))
            ending.well = await _tell(screen, stage, started)
            _say_where(screen, stage, folder, port)
            if not once:
                screen.say("\nServing until Ctrl-C. The clock goes on from here with real time.", "bold")
                await stage.keep_time()


def _end_on_terminate() -> None:
    """A polite `kill` ends the demo as Ctrl-C does."""
    playing = asyncio.current_task()
    if playing is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, playing.cancel)


def _introduce(screen: Screen) -> None:
    screen.say("Baton: decides when a HubSpot lead is ready for sales, and hands it over.", "bold")
    screen.say(
        "The HubSpot of this story is simulated; the HTTP between both is real, and stays on this machine.\n"
        "It is Friday 20 November 2026, 10:00 in New York, whatever your clock says."
    )


async def _tell(screen: Screen, stage: Stage, started: float) -> bool:
    """Tell the whole story; whether it came out as told."""
    teller = _Teller(screen, stage, await open_eyes(stage))
    shadow = await teller.shadow()
    live = await teller.live()
    singles = await teller.singles()
    thrice = await teller.thrice()
    override = await teller.override()
    burst = await teller.burst()
    screen.act("7. All together")
    totals = await acts.add_up(stage)
    screen.totals(totals, time.monotonic() - started)
    found = check(Played(shadow, live, singles, thrice, override, burst, totals))
    screen.act("8. Did it come out as told?")
    screen.checks(found)
    return all(one.holds for one in found)


@dataclass(frozen=True, slots=True)
class _Teller:
    """Plays one act after the other and shows each."""

    screen: Screen
    stage: Stage
    eyes: Eyes

    async def shadow(self) -> Shadowed:
        self.screen.act("1. Shadow mode: everything is decided, nothing is written")
        with self.screen.waiting(f"{ROSA.name} submits a form"):
            seen = await acts.play_shadow(self.stage, self.eyes)
        self.screen.lead(seen.sight)
        self.screen.say(f"HubSpot counted {seen.reads} calls that read, and {seen.writes} that write.")
        return seen

    async def live(self) -> WentLive:
        self.screen.act("2. Going live")
        seen = await acts.go_live(self.stage, self.eyes, self.screen)
        self.screen.say(f"Live. {seen.again} contact was decided again, and this time written.")
        self.screen.lead(seen.sight, title=f"{ROSA.name}: the same lead, now for real", whole_note=True)
        return seen

    async def singles(self) -> list[Sight]:
        self.screen.act("3. Leads, one by one")
        seen = []
        for lead in ONE_BY_ONE:
            with self.screen.waiting(f"{lead.name} submits a form"):
                seen.append(await acts.play_one(self.stage, self.eyes, lead))
            self.screen.lead(seen[-1], whole_note=lead is DANA)
        return seen

    async def thrice(self) -> Thrice:
        self.screen.act("4. HubSpot repeats itself")
        with self.screen.waiting(f"{KIT.name} submits a form, and HubSpot sends every webhook three times"):
            seen = await acts.play_thrice(self.stage, self.eyes)
        said = f"The same {seen.events} events came {seen.posts} times, each time in another order. They count once."
        self.screen.lead(seen.sight, said)
        return seen

    async def override(self) -> Overridden:
        self.screen.act("5. A person knows better")
        with self.screen.waiting(f"{UMA.name} submits a form, and is then given to somebody else by hand"):
            seen = await acts.play_override(self.stage, self.eyes)
        first = f"{seen.first_owner} had her; {seen.given_to} took her over by hand, and she submitted another form."
        self.screen.lead(seen.sight, first, seen.said)
        return seen

    async def burst(self) -> Burst:
        self.screen.act(f"6. A burst of {BURST}")
        seen = await acts.play_burst(self.stage, self.eyes, self.screen)
        self.screen.burst(seen)
        return seen


def _say_where(screen: Screen, stage: Stage, folder: Path, port: int) -> None:
    screen.act("Look for yourself")
    ours = f"{stage.service_url}/healthz"
    if port and not stage.service_url.endswith(f":{port}"):
        ours += f" (port {port} was taken)"
    records = [(lead.name, record_of(stage, stage.id_of(lead)).url) for lead in NAMED]
    more = f"""curl -d '{{"count": 20}}' {stage.hubspot_url}/_sim/contacts"""
    commands = f"cd {folder} && {Path(sys.executable).with_name('baton')} status"
    rows = [("Baton", ours), ("HubSpot", stage.hubspot_url), *records, ("More leads", more), ("Commands", commands)]
    screen.addresses(rows)
