"""The Merkle tree: the roots that Certificate Transparency publishes, however the list was cut."""

from __future__ import annotations

import hashlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.domain.merkle import Tree

# The leaves and roots with which Certificate Transparency's implementations are tested (RFC 6962, section 2.1).
LEAVES = ("", "\x00", "\x10", " !", "01", "@ABC", "PQRSTUVW", "`abcdefghijklmno")
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)

leaves = st.lists(st.text(max_size=3), max_size=40)


def by_definition(texts: list[str]) -> bytes:
    """Compute a root as the RFC defines it: split at the largest power of two below the number of leaves."""
    if not texts:
        return hashlib.sha256().digest()
    if len(texts) == 1:
        return hashlib.sha256(b"\x00" + texts[0].encode()).digest()
    split = 1 << (len(texts) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + by_definition(texts[:split]) + by_definition(texts[split:])).digest()


@pytest.mark.parametrize("count", range(9))
def test_a_root_is_the_published_one(count: int) -> None:
    """The first leaves of the published list have the published root."""
    assert ROOTS[count] == Tree().extended(LEAVES[:count]).root


@given(leaves)
def test_a_root_is_that_of_the_definition(texts: list[str]) -> None:
    """Any list has the root that the RFC's recursive definition gives it."""
    assert by_definition(texts).hex() == Tree().extended(texts).root


@given(leaves, st.lists(st.integers(0, 40)))
def test_a_tree_is_the_same_however_its_list_was_cut(texts: list[str], cuts: list[int]) -> None:
    """Leaves that come in pieces of any size, kept as text in between, make the tree of the whole list."""
    tree, places = Tree(), [0, *sorted(cuts), len(texts)]
    for begin, end in pairwise(places):
        tree = Tree(tree.count, tree.peaks).extended(texts[begin:end])
    assert Tree().extended(texts) == tree
    assert tree.count == len(texts)


@given(st.lists(st.text(max_size=3), min_size=1, max_size=12), st.data())
def test_another_list_has_another_root(texts: list[str], data: st.DataObject) -> None:
    """A leaf that was changed, taken out, put in, or that changed places with another one changes the root."""
    root, place = Tree().extended(texts).root, data.draw(st.integers(0, len(texts) - 1))
    other = data.draw(st.integers(0, len(texts) - 1))
    swapped = list(texts)
    swapped[place], swapped[other] = swapped[other], swapped[place]
    edits = [
        [*texts[:place], texts[place] + "?", *texts[place + 1 :]],
        [*texts[:place], *texts[place + 1 :]],
        [*texts[:place], "new", *texts[place:]],
        swapped,
    ]
    assert all((edit == texts) is (Tree().extended(edit).root == root) for edit in edits)


def test_a_node_is_no_leaf() -> None:
    """Two leaves' hashes put together are another leaf, not the tree of the two."""
    two = b"".join(hashlib.sha256(b"\x00" + leaf).digest() for leaf in (b"a", b"b"))
    assert hashlib.sha256(b"\x00" + two).hexdigest() != Tree().extended(["a", "b"]).root


@pytest.mark.parametrize(("count", "peaks"), [(0, ("ab" * 32,)), (3, ("ab" * 32,)), (4, ())])
def test_a_tree_that_does_not_fit_its_number_of_leaves_is_refused(count: int, peaks: tuple[str, ...]) -> None:
    """What was read back with complete trees too many or too few cannot be gone on with."""
    with pytest.raises(ValueError, match="complete trees"):
        Tree(count, peaks)
