"""JSON merge patches (RFC 7396): members replace, objects merge, null removes."""

from __future__ import annotations

from typing import Any, cast

Document = dict[str, Any]


def merged(target: Any, patch: Any) -> Any:
    """``target`` after ``patch``; neither is changed."""
    if not isinstance(patch, dict):
        return patch
    result = dict(cast("Document", target)) if isinstance(target, dict) else {}
    for name, value in cast("Document", patch).items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result
