"""Merkle trees over lists that only grow (RFC 6962, section 2.1; the same in RFC 9162), in pieces of any size.

    root of nothing        SHA-256 of nothing
    leaf                   SHA-256(0x00, the leaf's text in UTF-8)
    node                   SHA-256(0x01, left, right), where left is the largest complete tree that leaves something

The first byte keeps a leaf from being passed off as a node. Of the leaves that were appended only the complete trees
they make are kept, the largest first: as many as there are ones in the binary form of their number.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Tree:
    """A list's Merkle tree as far as it is needed to go on: ``peaks`` are the roots of its complete trees, in hex."""

    count: int = 0
    peaks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.peaks) != self.count.bit_count():
            raise ValueError(f"{self.count} leaves make {self.count.bit_count()} complete trees, not {len(self.peaks)}")

    def extended(self, leaves: Iterable[str]) -> Tree:
        """Return the tree of the list with these leaves after the others."""
        count, peaks = self.count, [bytes.fromhex(peak) for peak in self.peaks]
        for leaf in leaves:
            peaks.append(_sha256(b"\x00", leaf.encode()))
            count += 1
            for _ in range(_trailing_zeros(count)):
                right, left = peaks.pop(), peaks.pop()
                peaks.append(_sha256(b"\x01", left, right))
        return Tree(count, tuple(peak.hex() for peak in peaks))

    @property
    def root(self) -> str:
        """The root hash of the whole list, in hex."""
        if not self.peaks:
            return hashlib.sha256().hexdigest()
        peaks = [bytes.fromhex(peak) for peak in reversed(self.peaks)]
        return reduce(lambda right, left: _sha256(b"\x01", left, right), peaks).hex()


def _trailing_zeros(number: int) -> int:
    return (number & -number).bit_length() - 1


def _sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()
