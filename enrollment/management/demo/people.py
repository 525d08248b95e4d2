"""Fictional patients, their coverage, and what the two practices say about themselves."""

import datetime as dt
import random
from collections.abc import Iterator, Mapping
from typing import Any

FIRST = {
    "F": "Rosa Ingrid Thea Marisol Odette Priscilla Wren Noemi Talia Greta Imani Saoirse Lucía Bea",
    "M": "Desmond Anselm Mateo Callum Ivo Rafael Thaddeus Omar Elias Bram Kofi Henrik Julián Abe",
}
LAST = (
    "Delgado Ashworth Pemberton Quintero Halloway Okonkwo Lindgren Castellane Marlowe Iversen "
    "Tamura Whitlock Escobedo Fontaine Grayling Haverford Ibarra Jessup Kowalczyk Larkspur "
    "Montrose Nakagawa Ollivander Prescott Ravenel Sandoval Thornbury Underhill Vasquez Wexford"
)
PLACES = {
    "lakeside": (("Quincy", "MA", "02169"), ("Newton", "MA", "02458"), ("Salem", "MA", "01970")),
    "harbor": (("Baltimore", "MD", "21224"), ("Towson", "MD", "21204"), ("Laurel", "MD", "20707")),
}
STREETS = ("Larch Street", "Mill Pond Road", "Kestrel Avenue", "Orchard Lane", "Tidewater Court")
PAYERS = (
    ("Meridian Health", "commercial", "MeridianRx", "610999", "MRX1"),
    ("Bluewater Mutual", "marketplace", "Bluewater Scripts", "610998", "BWS"),
    ("Summit State Plan", "medicaid", "Summit Pharmacy Services", "610997", "SSP"),
)

# NPIs that begin with 2 have never been issued.
PRACTICES: Mapping[str, Mapping[str, Any]] = {
    "lakeside": {
        "C1": "Lakeside Rheumatology",
        "C2": "2000001018",
        "C3": "042960011",
        "C4": "18 Larch Street",
        "C5": "Quincy",
        "C6": "MA",
        "C7": "02169",
        "C8": "6175550142",
        "C9": "6175550143",
        "C10": "Ana Whitfield",
        "C12": "ana@lakeside.example",
    },
    "harbor": {
        "C1": "Harbor Neurology",
        "C2": "2000002024",
        "C3": "521960022",
        "C4": "400 Tidewater Court",
        "C5": "Baltimore",
        "C6": "MD",
        "C7": "21224",
        "C8": "4105550177",
        "C9": "4105550178",
        "C10": "Ben Castillo",
        "C12": "ben@harbor.example",
    },
}
PRESCRIBERS: Mapping[str, Mapping[str, Any]] = {
    "lakeside": {"D1": "Dr. Maya Okafor", "D2": "MD", "D4": "2000003030"},
    "harbor": {"D1": "Dr. Ruth Adler", "D2": "MD", "D4": "2000004046"},
}


def patients_of(practice: str, *, seed: int) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Endless pairs of a patient's and a coverage's answers; the same for the same seed."""
    chance = random.Random(f"{practice} {seed}")  # noqa: S311  # a demo world, not a secret
    seen: set[tuple[str, str]] = set()
    while True:
        sex = chance.choice("FM")
        name = (chance.choice(FIRST[sex].split()), chance.choice(LAST.split()))
        if name in seen:
            continue
        seen.add(name)
        yield _patient(name, sex, practice, chance), _coverage(chance)


def _patient(
    name: tuple[str, str], sex: str, practice: str, chance: random.Random
) -> dict[str, Any]:
    city, state, code = chance.choice(PLACES[practice])
    born = dt.date(chance.randint(1948, 2001), chance.randint(1, 12), chance.randint(1, 28))
    return {
        "A1": name[0],
        "A3": name[1],
        "A5": born.isoformat(),
        "A6": sex,
        "A7": "es" if name[1] in ("Delgado", "Quintero", "Ibarra", "Sandoval") else "en",
        "A8": f"{chance.randint(2, 980)} {chance.choice(STREETS)}",
        "A10": city,
        "A11": state,
        "A12": code,
        "A13": f"{'617' if state == 'MA' else '410'}555{chance.randint(100, 199):04d}",
        "A14": chance.choice(("mobile", "home")),
        "A18": "call_message",
    }


def _coverage(chance: random.Random) -> dict[str, Any]:
    payer, line, benefit_manager, bin_number, pcn = chance.choice(PAYERS)
    member = f"{payer[:2].upper()}{chance.randint(10_000_000, 99_999_999)}"
    return {
        "B1": True,
        "B3": payer,
        "B5": line,
        "B7": member,
        "B8": f"G{chance.randint(1000, 9999)}",
        "B11": "18",
        "B18": benefit_manager,
        "B19": bin_number,
        "B20": pcn,
        "B21": "RXGRP1",
        "B22": member,
    }


CHILD = {
    "A5": "2017-05-01",
    "A20": "Rosa Delgado",
    "A21": "parent",
    "A22": "6175550100",
}
CHILD_COVERED = {"B11": "19", "B9": "Rosa Delgado", "B10": "1988-02-01"}


def suited(
    pair: tuple[dict[str, Any], dict[str, Any]], program: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The same patient and coverage as somebody whom this program is for."""
    patient, coverage = pair
    if program == "altivane":
        return {**patient, **CHILD}, {**coverage, **CHILD_COVERED}
    if program == "wakelle":
        return patient, {**coverage, "B5": "commercial"}
    return pair
