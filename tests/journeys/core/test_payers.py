"""Every kind of insurance that the form knows has a class."""

import pytest

from journeys.core.payers import PAYER_CLASSES, payer_class
from programs.core.catalogue import CATALOGUE


@pytest.mark.parametrize("line", [choice.code for choice in CATALOGUE["B5"].choices])
def test_every_kind_of_insurance_has_a_class(line: str) -> None:
    assert payer_class(line) in PAYER_CLASSES


def test_nothing_known_is_no_class() -> None:
    assert payer_class(None) == ""
