"""Kinds of calls that a CRM counts apart."""

from __future__ import annotations

from enum import StrEnum


class QuotaClass(StrEnum):
    GENERAL = "general"
    ASSOCIATIONS = "associations"
    SEARCH = "search"
