"""A job's nodes in the order data flows through them: sources, transforms, targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handler.domain.model import Node


def stages(nodes: Sequence[Node]) -> tuple[tuple[Node, ...], ...]:
    """Group nodes into stages: each stands one stage after the last of its parents.

    Ids that are not unique (the API documents mask them) or that lead in a circle say nothing about the order; then
    each node is a stage of its own, as listed.
    """
    waiting = {node.id: node for node in nodes}
    if len(waiting) != len(nodes):
        return tuple((node,) for node in nodes)
    placed: list[tuple[Node, ...]] = []
    while waiting:
        ready = tuple(node for node in waiting.values() if not any(parent in waiting for parent in node.parent_ids))
        if not ready:
            return tuple((node,) for node in nodes)
        placed.append(ready)
        waiting = {name: node for name, node in waiting.items() if node not in ready}
    return tuple(placed)
