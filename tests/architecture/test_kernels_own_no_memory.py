"""Kernels are lent arrays and give none back: said in words, before the compiler says it in its own (decision 6)."""

import ast

import pytest

from tests.architecture.arrays import complaints, field_ranks
from tests.architecture.sources import Source, functions, is_compiled, sources


def test_kernels_neither_make_nor_return_arrays_nor_assign_whole_rows():
    fields = field_ranks(sources())
    found = [
        f"{source.shown}:{line} {function.name} {wrong} (docs/decisions/0006)"
        for source in sources()
        if source.is_kernel
        for function in functions(source)
        if is_compiled(function)
        for line, wrong in complaints(function, fields)
    ]
    assert not found, "\n".join(found)


RECORDS = """
BODY = np.dtype([("time_s", np.float64), ("mean", np.float64, (6,)), ("state", np.float64, (2, 6))])
MIXED = np.dtype([("mixed", np.int64)])
OTHER = np.dtype([("mixed", np.float64, (3,)), ("count", np.float64, 4)])
"""


def found_in(lines: str) -> list[str]:
    """The first word of each complaint about a kernel of these lines."""
    records = Source("sangar.records", sources()[0].path, RECORDS, ast.parse(RECORDS))
    tree = ast.parse("def kernel(a, b, c):\n" + "\n".join(f"    {line}" for line in lines.splitlines()))
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    return [wrong.split()[0] for _, wrong in complaints(function, field_ranks([records]))]


@pytest.mark.parametrize(
    "lines",
    [
        'return a["mean"]',
        'return a["count"]',
        'return 1.0, a["mean"][:]',
        'return a["state"][1]',
        "return a[2:]",
        'mean, total = a["mean"][:], 0.0\nreturn mean',
        'return a["mean"] - b["mean"]',
        "return a[0, :]",
    ],
)
def test_a_returned_array_is_told(lines):
    assert found_in(lines) == ["returns"]


@pytest.mark.parametrize(
    "lines",
    [
        'a[0] = b["mean"]',
        'a["state"][1] = b["mean"]',
        'a["mean"][:] = b["mean"]',
        'a["mean"][:] += b["mean"][:]',
        "a[:] = b[:]",
        'row = b["state"][0]\na[c, :] = row',
    ],
)
def test_an_assigned_row_is_told(lines):
    assert found_in(lines) == ["assigns"]


@pytest.mark.parametrize("lines", ["b = np.zeros(3)", "c = a.copy()", "b = np.array([1.0, 2.0])"])
def test_an_array_made_is_told(lines):
    assert found_in(lines) == ["makes"]


@pytest.mark.parametrize(
    "lines",
    [
        'return a["time_s"], a["mean"][2], a["state"][1, 2], a["state"][1][2]',
        'mean = a["mean"][:]\nreturn mean[0]',
        'a["mean"][0] = b["mean"][0]',
        'a["mean"] = b["mean"]',
        'a["mean"][:] = 0.0',
        "a.rows[0] = b.rows[1]",
        'a["mean"][0], c = b["mean"][1], b["mean"][:]',
        'return a["mixed"]',
        "return np.sqrt(b)",
    ],
)
def test_what_compiles_is_let_be(lines):
    assert found_in(lines) == []
