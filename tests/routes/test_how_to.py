"""The how-tos that ask over HTTP do what they say, command by command."""

from __future__ import annotations

import json
import re
import shlex
from argparse import ArgumentParser
from dataclasses import dataclass, field

import httpx

from app.records.people import Role
from app.routes.locations import AGREEMENT
from tests.house.pages import ROOT
from tests.routes.desk import Desk, Person
from tests.world import PUBLIC_URL

HOW_TO = ROOT / "docs" / "how-to"

CURL = ArgumentParser()
CURL.add_argument("-s", action="store_true")
CURL.add_argument("-X", dest="method")
CURL.add_argument("-H", dest="header", action="append", default=[])
CURL.add_argument("-d", "--data-binary", dest="data")
CURL.add_argument("-o", dest="file", default="-")
CURL.add_argument("-D", dest="dump")
CURL.add_argument("url")


@dataclass
class Shell:
    """As much of a shell, sed and curl as the page uses."""

    web: httpx.AsyncClient
    words: dict[str, str]
    files: dict[str, str] = field(default_factory=dict)

    async def run(self, line: str) -> None:
        if line.startswith("export "):
            return
        if line.startswith("sed "):
            _, _, script, file = shlex.split(line)
            _, old, new, _ = script.split("/")
            assert old in self.files[file]
            self.files[file] = self.files[file].replace(old, new)
            return
        inside = re.fullmatch(r"(\w+)=\$\((.*?) \| sed .*\)", line)
        answer = await self._curl(inside[2] if inside else line)
        assert answer.status_code < 400, f"{line}\n{answer.text}"
        if inside:
            self.words[inside[1]] = answer.headers["etag"]

    async def _curl(self, line: str) -> httpx.Response:
        asked = CURL.parse_args([self._filled(one) for one in shlex.split(line)[1:]])
        headers = dict(one.split(": ", 1) for one in asked.header)
        body = self.files[asked.data[1:]] if asked.data and asked.data.startswith("@") else asked.data
        method = asked.method or ("POST" if body else "GET")
        answer = await self.web.request(method, asked.url, headers=headers, content=body)
        self.files[asked.file] = answer.text
        return answer

    def _filled(self, text: str) -> str:
        return re.sub(r"\$(\w+)", lambda name: self.words[name[1]], text)


def commands_of(page: str) -> list[str]:
    """Each command of the page on one line."""
    text = (HOW_TO / page).read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)
    return [line for block in blocks for line in re.sub(r" *\\\n *", " ", block).splitlines()]


async def test_leave_is_set_and_told_over_http(desk: Desk) -> None:
    olga = await desk.person("olga@example.com", Role.OPERATOR)
    shell = Shell(desk.world.web, {"BATON": PUBLIC_URL, "KEY": olga.key})
    for command in commands_of("set-leave.md"):
        if command.startswith("curl "):
            await shell.run(command)
    away = {one["email"] for one in json.loads(shell.files["-"])["owners"] if one["away_until"]}
    assert away == {"ann@example.com"}


async def test_every_command_of_the_page_does_what_it_says(desk: Desk, mia: Person, sam: Person) -> None:
    contact = desk.world.vp()
    await desk.world.settle()
    shell = Shell(desk.world.web, {"BATON": PUBLIC_URL, "MIA": mia.key, "SAM": sam.key, "CONTACT": contact})
    for command in commands_of("use-the-config-endpoint.md"):
        await shell.run(command)
    versions = (await mia("GET", f"{AGREEMENT}/versions")).json()["versions"]
    assert [(one["number"], one["message"]) for one in versions][:2] == [(3, "Too soon for us"), (2, "Accept sooner")]
