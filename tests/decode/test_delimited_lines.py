"""Every physical line of a CSV is a row, part of a cell, blank, or the reason of a refusal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamppost.decode.delimited import _check_lines, _File, decode_csv, decode_strictly
from lamppost.decode.delimited_plain import read_plain
from lamppost.errors import RefusedError
from lamppost.model import Snapshot

SNAPSHOT = Snapshot((), "csv")
PLAIN = {"delimiter": ",", "quotechar": '"'}
CELL = st.text(st.sampled_from("ab \n\r"), max_size=6)


@given(st.lists(st.tuples(CELL, CELL), max_size=8), st.sampled_from(["\n", "\r\n"]))
def test_line_breaks_inside_of_cells_are_accounted_for(rows: list[tuple[str, str]], end: str) -> None:
    text = end.join(["a,b", *(f'"{one}","{other}"' for one, other in rows)]) + end
    assert len(decode_strictly(text.encode(), SNAPSHOT, "x").rows) == len(rows)


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "a,b\n\n1,2\n\n\n3,4", "a,b\r1,2\r", '"a\nx",b\n1,2\n', "a,b\n"])
def test_blank_lines_lone_returns_and_a_missing_last_end_are_accounted_for(text: str) -> None:
    assert list(decode_csv(text.encode(), SNAPSHOT, "x").rows) == list(
        decode_strictly(text.encode(), SNAPSHOT, "x").rows
    )


def test_a_reader_that_loses_a_row_is_found_out() -> None:
    lost = _File(["a", "b"], 1, [["1", "2"]], [2], 3, 0)
    with pytest.raises(RefusedError, match="3 physical lines came, 2 are accounted for"):
        _check_lines("a,b\n1,2\n3,4\n", lost, "x")


def test_the_fast_reader_counts_lines_without_the_blank_ones() -> None:
    assert read_plain(b"a,b\n1,2\n3,4\n", PLAIN) is not None
    found = read_plain(b"a,b\n1,2\n\r\n\n3,4\n\n", PLAIN)
    assert found is not None
    assert found[1].num_rows == 2


@pytest.mark.parametrize("columns", [2, 3])
def test_two_stray_quotes_that_swallow_many_rows_are_refused(columns: int) -> None:
    rest = ",v" * (columns - 2)
    lines = [f"{number},v{rest}" for number in range(40)]
    lines[5], lines[30] = f'5,"v{rest}', f'30,v"{rest}'
    header = ",".join("abc"[:columns])
    with pytest.raises(RefusedError, match="one cell runs to line"):
        decode_csv("\n".join([header, *lines]).encode(), SNAPSHOT, "x")


def test_prose_over_a_few_lines_stays_one_cell() -> None:
    text = 'id,note\n1,"Dear all,\nplease, come\nsoon, thanks"\n'
    assert decode_csv(text.encode(), SNAPSHOT, "x").rows[0]["note"].count("\n") == 2
