"""Counts that may be shown to someone who must not learn about single patients.

No number from 1 to 10 is shown, and none can be worked out from what is shown.
"""

from collections.abc import Sequence

SMALLEST_SHOWN = 11


def may_be_shown(count: int) -> bool:
    """Whether a number of people may be shown by itself."""
    return count == 0 or count >= SMALLEST_SHOWN


def reached(at_each_stage: Sequence[int]) -> list[int | None]:
    """How many reached each stage or a later one; None where the number stays hidden.

    `at_each_stage` counts who stands at each stage now, in order. A number is shown when it
    and its distance from the last one shown may both be: subtracting any two shown numbers
    then never gives 1 to 10. What is hidden could always be any of at least ten numbers, also
    for a reader who knows this rule.
    """
    shown: list[int | None] = []
    standing = None
    for index in range(len(at_each_stage)):
        count = sum(at_each_stage[index:])
        fits = standing is None or may_be_shown(standing - count)
        if fits and may_be_shown(count):
            standing = count
            shown.append(count)
        else:
            shown.append(None)
    return shown
