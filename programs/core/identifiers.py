"""Numbers and codes with a form of their own: each reader takes text and gives a Reading."""

import re
from collections.abc import Callable, Mapping

from stdnum import luhn

from programs.core.reading import Reading
from programs.core.text import code_like, shown

_NDC_FORMS = {(4, 4, 2): (0, 1), (5, 3, 2): (1, 1), (5, 4, 1): (2, 1), (5, 4, 2): (0, 0)}
_ICD10 = re.compile(r"[A-Z][0-9][0-9A-Z](?:\.[0-9A-Z]{1,4})?")
_MBI = re.compile(
    r"[1-9][AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y][0-9]"
    r"[AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y][0-9][AC-HJKMNP-RT-Y]{2}[0-9]{2}"
)


def _counted(text: str, *, name: str, digits: tuple[int, ...]) -> tuple[str, str]:
    """The digits of a number written with spaces, hyphens or none, and what is wrong."""
    plain = re.sub(r"[ -]", "", code_like(text))
    wanted = " or ".join(str(count) for count in digits)
    if not plain.isdigit():
        return text, f"The {name} has {wanted} digits and nothing else; {shown(text)} has more."
    if len(plain) not in digits:
        return text, f"The {name} has {wanted} digits; this one has {len(plain)}."
    return plain, ""


def npi(text: str) -> Reading:
    """A National Provider Identifier: 10 digits, Luhn over 80840 and the number."""
    plain, problem = _counted(text, name="NPI", digits=(10,))
    if not problem and plain[0] not in "12":
        problem = f"An NPI starts with 1 or 2; this one starts with {plain[0]}."
    if not problem and not luhn.is_valid(f"80840{plain}"):
        problem = "One digit of this NPI is wrong or two are swapped; compare it with the source."
    return Reading(text if problem else plain, problem)


def tin(text: str) -> Reading:
    """A tax ID of 9 digits."""
    return Reading(*_counted(text, name="tax ID", digits=(9,)))


def rx_bin(text: str) -> Reading:
    """A pharmacy BIN of 6 digits, or the newer 8."""
    return Reading(*_counted(text, name="Rx BIN", digits=(6, 8)))


def dea(text: str) -> Reading:
    """A DEA number: 2 letters (or a letter and 9) and 7 digits, the last a check digit."""
    plain = re.sub(r"[ -]", "", code_like(text)).upper()
    if not re.fullmatch(r"[A-Z][A-Z9][0-9]{7}", plain):
        return Reading(text, f"A DEA number is 2 letters and 7 digits; {shown(text)} is not.")
    digits = [int(digit) for digit in plain[2:]]
    if (sum(digits[0:6:2]) + 2 * sum(digits[1:6:2])) % 10 != digits[6]:
        return Reading(text, "One character of this DEA number is wrong; compare it again.")
    return Reading(plain)


def ndc(text: str) -> Reading:
    """A National Drug Code in any hyphenation, as 11 digits (5-4-2)."""
    plain = code_like(text).replace(" ", "")
    if plain.isdigit():
        if len(plain) == 10:
            return Reading(
                text,
                "Ten digits without hyphens can mean three different products; "
                "write the NDC with its hyphens.",
            )
        if len(plain) != 11:
            return Reading(text, f"An NDC has 10 or 11 digits; this one has {len(plain)}.")
        return Reading(plain)
    parts = plain.split("-")
    form = tuple(len(part) for part in parts)
    if not all(part.isdigit() for part in parts) or form not in _NDC_FORMS:
        return Reading(
            text, f"Write the NDC as on the package, 12345-678-90; {shown(text)} is not."
        )
    place, zeros = _NDC_FORMS[form]
    parts[place] = "0" * zeros + parts[place]
    return Reading("".join(parts))


def icd10(text: str) -> Reading:
    """An ICD-10-CM code in its dotted form. Whether the code exists is not decided here."""
    plain = code_like(text).replace(" ", "").upper()
    if "." not in plain and len(plain) > 3:
        plain = f"{plain[:3]}.{plain[3:]}"
    if not _ICD10.fullmatch(plain):
        return Reading(
            text,
            "An ICD-10-CM code is a letter and 2 characters, then up to 4 more after a point, "
            f"such as M05.79; {shown(text)} is not.",
        )
    return Reading(plain)


def loinc(text: str) -> Reading:
    """A LOINC code, such as 2160-0: up to seven digits, a hyphen and their check digit."""
    plain = code_like(text)
    if not re.fullmatch(r"\d{1,7}-\d", plain) or not luhn.is_valid(plain.replace("-", "")):
        return Reading(text, f"{shown(text)} is no LOINC code; they look like 2160-0.")
    return Reading(plain)


def zip_code(text: str) -> Reading:
    """A ZIP code of 5 digits, or 9 as 12345-6789."""
    plain, problem = _counted(text, name="ZIP code", digits=(5, 9))
    if not problem and len(plain) == 9:
        plain = f"{plain[:5]}-{plain[5:]}"
    return Reading(plain, problem)


def phone(text: str) -> Reading:
    """A phone number of the North American plan as 10 digits."""
    plain = re.sub(r"[ ().+/-]", "", code_like(text))
    if not plain.isdigit():
        return Reading(text, "A phone number has 10 digits, area code first, and no words.")
    plain = plain[1:] if len(plain) == 11 and plain[0] == "1" else plain
    if len(plain) != 10:
        return Reading(text, f"A phone number has 10 digits; this one has {len(plain)}.")
    for start, name in ((0, "area code"), (3, "middle three digits")):
        if plain[start] in "01":
            return Reading(text, f"The {name} of a phone number cannot start with {plain[start]}.")
    return Reading(plain)


def medicare_number(text: str) -> Reading:
    """A Medicare Beneficiary Identifier of 11 characters."""
    plain = re.sub(r"[ -]", "", code_like(text)).upper()
    if len(plain) != 11:
        return Reading(text, f"The member ID has {len(plain)} characters; Medicare's has 11.")
    if not _MBI.fullmatch(plain):
        return Reading(
            text,
            "This is not how a Medicare number is built, such as 1EG4-TE5-MK73; it never has the "
            "letters S, L, O, I, B or Z.",
        )
    return Reading(plain)


READERS: Mapping[str, Callable[[str], Reading]] = {
    "bin": rx_bin,
    "dea": dea,
    "icd10": icd10,
    "ndc": ndc,
    "npi": npi,
    "phone": phone,
    "tin": tin,
    "zip": zip_code,
}
