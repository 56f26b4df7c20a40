"""The command line: one file a noun, a folder for many verbs. Commands know use cases, never tables or HubSpot.

Results go to standard output, everything else to standard error. Exit codes: 0 done, 1 error, 2 wrong usage,
3 checks failed, 4 changes pending. Heavy modules are imported inside commands, so that `--help` is quick.
"""

from app.cli.main import app

__all__ = ["app"]
