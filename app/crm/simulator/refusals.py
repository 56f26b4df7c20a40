"""How HubSpot says no: one exception that carries the status and the parts of its error body."""

from collections.abc import Mapping, Sequence
from typing import Any

Json = dict[str, Any]


class RefusedError(Exception):
    """A request that HubSpot answers with an error body.

    `errors` are the entries of `errors[]`, `context` is the map of lists beside them. Every field of the
    body is optional for readers, by HubSpot's own advice, so those that are empty are left out.
    """

    def __init__(
        self,
        status: int,
        category: str,
        message: str,
        *,
        errors: Sequence[Json] = (),
        context: Mapping[str, list[str]] | None = None,
        sub_category: str = "",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.category = category
        self.message = message
        self.errors = list(errors)
        self.context = dict(context or {})
        self.sub_category = sub_category

    def body(self, correlation_id: str) -> Json:
        """The answer to a request that failed as a whole."""
        body: Json = {
            "status": "error",
            "message": self.message,
            "correlationId": correlation_id,
            "category": self.category,
        }
        if self.sub_category:
            body["subCategory"] = self.sub_category
        if self.errors:
            body["errors"] = self.errors
        if self.context:
            body["context"] = self.context
        return body

    def entry(self, trace_id: str = "") -> Json:
        """The entry in the `errors[]` of a batch that succeeded in part."""
        context = dict(self.context)
        if trace_id:
            context["objectWriteTraceId"] = [trace_id]
        return {
            "status": "error",
            "category": self.category,
            **({"subCategory": self.sub_category} if self.sub_category else {}),
            "message": self.message,
            "errors": self.errors,
            "context": context,
            "links": {},
        }


def invalid(message: str, **context: list[str]) -> RefusedError:
    """400 VALIDATION_ERROR."""
    return RefusedError(400, "VALIDATION_ERROR", message, context=context)


def not_found(message: str = "resource not found", **context: list[str]) -> RefusedError:
    """404 OBJECT_NOT_FOUND."""
    return RefusedError(404, "OBJECT_NOT_FOUND", message, context=context)


def conflict(message: str, **context: list[str]) -> RefusedError:
    """409 CONFLICT."""
    return RefusedError(409, "CONFLICT", message, context=context)
