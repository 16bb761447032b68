"""What a pull proves (pure): declared against received, and why it stopped, as a verdict with one sentence."""

from collections.abc import Sequence

from lamppost.model import Receipt
from lamppost.model.pull import Verdict

OPEN_END = "The connection closed, and neither a length nor the format shows whether that was the end."
"""The doubt about a text of lines whose transfer did not say where it ends."""


def judge(received: int, declared: int | None, *, declared_by: str, doubt: str, proof: str) -> tuple[Verdict, str]:
    """The verdict and its sentence.

    A count that does not match is `failed`, with the doubt that may explain it; a doubt (`doubt`, a sentence) or no
    proof at all is `unproven`; a count that matches, or `proof` (a sentence that says what stands in for a count), is
    `complete`.
    """
    if declared is not None and declared != received:
        return "failed", f"The source declares {declared} records ({declared_by}) and sent {received}. {doubt}".rstrip()
    if doubt:
        return "unproven", doubt
    if declared is not None:
        return "complete", f"As many records came as the source declares ({declared_by})."
    if proof:
        return "complete", proof
    return "unproven", "The source declares no count, and nothing else shows where its data ends."


def make_receipt(
    *,
    source: str,
    adapter: str,
    pages: Sequence[int],
    size: int,
    stopped: str,
    declared: int | None = None,
    declared_by: str = "",
    doubt: str = "",
    proof: str = "",
    note: str = "",
    distinct: int | None = None,
    cursor: tuple[str | None, str | None] = (None, None),
    simulated: bool = False,
) -> Receipt:
    """A receipt from counts; `pages` are records a page, `size` is in bytes, `cursor` is before and after.

    `note` is a sentence added to the verdict's own. Empty pages are left out: how many there are depends on the hour at
    which a stretch of time without data was asked for, and equal pulls must give equal receipts.
    """
    received = sum(pages)
    verdict, reason = judge(received, declared, declared_by=declared_by, doubt=doubt, proof=proof)
    return Receipt(
        source=source,
        adapter=adapter,
        received=received,
        declared=declared,
        declared_by=declared_by if declared is not None else "",
        distinct=distinct,
        pages=tuple(rows for rows in pages if rows),
        size=size,
        stopped=stopped,
        cursor_before=cursor[0],
        cursor_after=cursor[1],
        verdict=verdict,
        reason=reason + note,
        simulated=simulated,
    )
