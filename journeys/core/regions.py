"""Where a patient lives, as coarsely as a count may tell: the first three digits of the ZIP code.

45 CFR 164.514(b)(2)(i)(B) lets the three digits stand where they cover more than 20,000 people,
and asks for 000 where they do not. The list is the one of HHS's guidance on de-identification
(2012, by the census of 2000), with what the census of 2010 adds.
"""

from programs.core.places import states_of

FEW_PEOPLE = frozenset(
    (
        *("036", "059", "063", "102", "203", "205", "369", "556", "692", "753", "772"),
        *("790", "821", "823", "830", "831", "878", "879", "884", "890", "893"),
    )
)
SPARSE = "000"
UNKNOWN = ""


def region_of(zip_code: str) -> str:
    """The region of a ZIP code; `SPARSE` for all the thinly settled ones, `UNKNOWN` for none."""
    digits = zip_code[:3]
    if not states_of(digits):
        return UNKNOWN
    return SPARSE if digits in FEW_PEOPLE else digits


def region_words(region: str) -> str:
    """A region as people read it: "606 (IL)"."""
    if region == UNKNOWN:
        return "Not known"
    if region == SPARSE:
        return "Thinly settled areas"
    return f"{region} ({', '.join(states_of(region))})"
