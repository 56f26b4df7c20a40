"""Webhooks: whether signatures are judged rightly, whether the way in is open, and when something last came."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx

from app.crm.port import Secrets, SignedRequest, Verdict
from app.engine.doctor.check import Check, failed, not_looked_at, ok, warning
from app.engine.doctor.patient import Patient
from app.engine.doctor.store import AGENT, Stored

_TARGET = "/webhooks/hubspot"
_NO_EVENTS = b"[]"
_QUIET = timedelta(days=1)
_STORED = 204
_REFUSED = 401


async def checks(patient: Patient, stored: Stored) -> AsyncIterator[Check]:
    """Signature, way in, last request."""
    if patient.secrets is None:
        says, remedy = "no client secret is set, so the door is shut", "set BATON_HUBSPOT_CLIENT_SECRET"
        yield failed("signature", says, remedy)
        yield not_looked_at("way in", "the door is shut")
    else:
        yield _signature(patient, patient.secrets)
        yield await _way_in(patient, patient.secrets)
    yield _last(patient, stored)


def _signature(patient: Patient, secrets: Secrets) -> Check:
    """A request signed here is let in, and the same with another body is not."""
    now = patient.clock.now()
    headers = patient.inbox.sign("POST", _TARGET, _NO_EVENTS, secrets.current, now=now)
    verdicts = [
        patient.inbox.verify(SignedRequest("POST", _TARGET, headers, body), secrets, now=now)
        for body in (_NO_EVENTS, b"[ ]")
    ]
    if verdicts == [Verdict.VALID, Verdict.MISMATCH]:
        return ok("signature", "a signed request is let in, and a changed one is not")
    return failed("signature", f"judged as: {', '.join(verdicts)}", "this is a defect of Baton; report it")


async def _way_in(patient: Patient, secrets: Secrets) -> Check:
    """Post a signed request without events to the public address, as HubSpot would."""
    signed = patient.inbox.sign("POST", _TARGET, _NO_EVENTS, secrets.current, now=patient.clock.now())
    headers = {**{name.decode(): value.decode() for name, value in signed}, "User-Agent": AGENT}
    url = f"{patient.public_url}{_TARGET}"
    try:
        answer = await patient.http.post(url, content=_NO_EVENTS, headers=headers)
    except httpx.HTTPError as error:
        remedy = "start Baton, and look at BATON_PUBLIC_URL, the proxy and the firewall"
        return failed("way in", f"{url} cannot be reached: {type(error).__name__}", remedy)
    return _answered(url, answer.status_code)


def _answered(url: str, status: int) -> Check:
    if status == _STORED:
        return ok("way in", f"{url} took a signed request in")
    if status == _REFUSED:
        says = f"{url} refused the signature"
        return failed(
            "way in", says, "the proxy must pass path, query and body on unchanged, to a Baton of this secret"
        )
    return failed("way in", f"{url} answered {status}, not {_STORED}", "look at what answers there, and at its log")


def _last(patient: Patient, stored: Stored) -> Check:
    name, remedy = "last webhook", "look at the app's subscriptions and its delivery log in HubSpot"
    if stored.lacking:
        return not_looked_at(name, stored.lacking)
    if stored.newest_delivery_at is None:
        return warning(name, "none has come yet", remedy)
    age = patient.clock.now() - stored.newest_delivery_at
    says = f"it came {_since(age)} ago"
    return warning(name, says, remedy) if age > _QUIET else ok(name, says)


def _since(age: timedelta) -> str:
    if age < timedelta(minutes=2):
        return f"{max(int(age.total_seconds()), 0)} s"
    return f"{age // timedelta(minutes=1)} min" if age < timedelta(hours=2) else f"{age // timedelta(hours=1)} h"
