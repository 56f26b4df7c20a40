"""The printed timeline: what happened to a handoff when, and where every second of its clocks went.

What is shown follows from timestamps alone: nothing here depends on when a job ran.
"""

from app.handoff.timeline.entries import Entry, entries_of
from app.handoff.timeline.lines import lines_of
from app.handoff.timeline.story import Story, Timed
from app.handoff.timeline.totals import Delay, Total, delays_of, totals_of

__all__ = ["Delay", "Entry", "Story", "Timed", "Total", "delays_of", "entries_of", "lines_of", "totals_of"]
