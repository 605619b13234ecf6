"""No assignment is cheaper than the one the tracker makes."""

from hypothesis import given
from hypothesis import strategies as st

from sangar.tracking.kernels.association.assignment import ALONE
from tests.unit.tracking.sparse_problems import Desk, cost_of, least_cost

DESK = Desk()
costs = st.one_of(st.integers(-5, 5).map(float), st.floats(-100.0, 100.0))
problems = st.lists(st.dictionaries(st.integers(0, 7), costs, max_size=8), max_size=9)


@given(problems, st.sampled_from([0.0, -1.0, 3.0]))
def test_the_sparse_answer_costs_what_the_dense_one_does(problem, alone):
    answer = DESK.solve(problem, alone)
    taken = [column for column in answer if column != ALONE]
    assert len(taken) == len(set(taken))
    assert abs(cost_of(problem, answer, alone) - least_cost(problem, alone)) < 1e-6


@given(problems, costs)
def test_changing_every_cost_of_a_row_and_of_staying_alone_changes_no_choice_worth_having(problem, shift):
    """Only differences count: the least cost moves by the shift of each row."""
    shifted = [{column: cost + shift for column, cost in candidates.items()} for candidates in problem]
    moved = cost_of(shifted, DESK.solve(shifted, shift), shift)
    assert abs(moved - cost_of(problem, DESK.solve(problem)) - shift * len(problem)) < 1e-6
