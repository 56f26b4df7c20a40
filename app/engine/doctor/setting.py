"""The settings: what is missing, what is unknown, what cannot work out there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from app.engine.doctor.check import Check, failed, ok, warning
from app.engine.doctor.patient import Patient

_ENDS_SOON = timedelta(days=180)


def checks(patient: Patient) -> Iterator[Check]:
    """Everything that can be said without asking anybody."""
    yield from _settings(patient)
    yield _address(patient.public_url)
    yield _api_version(patient)


def _settings(patient: Patient) -> Iterator[Check]:
    if patient.missing:
        what, _, remedy = patient.missing.partition("; ")
        yield failed("settings", what, remedy)
    for unknown in patient.warnings:
        what, _, remedy = unknown.partition("; ")
        yield warning("settings", what, remedy)
    if not patient.missing and not patient.warnings:
        yield ok("settings", "all that is needed is set, and nothing unknown")


def _address(url: str) -> Check:
    parts = urlsplit(url)
    if parts.scheme == "https" and not _is_here(parts.hostname or ""):
        return ok("public address", url)
    says = f"{url} cannot be reached by HubSpot, which posts webhooks to public https addresses alone"
    return warning("public address", says, "set BATON_PUBLIC_URL to the address of your proxy or tunnel")


def _is_here(host: str) -> bool:
    """Whether the host is this machine or in a private network, as far as its name tells."""
    try:
        return not ip_address(host).is_global
    except ValueError:
        return host == "localhost" or "." not in host


def _api_version(patient: Patient) -> Check:
    left = patient.api_ends_on - patient.clock.now().date()
    name, remedy = "API version", "set BATON_HUBSPOT_API_VERSION to a newer one"
    if left < timedelta():
        return failed(name, f"HubSpot's support of {patient.api_version} ended on {patient.api_ends_on}", remedy)
    says = f"HubSpot supports {patient.api_version} until {patient.api_ends_on} at least, {left.days} days from now"
    return warning(name, says, remedy) if left < _ENDS_SOON else ok(name, says)
