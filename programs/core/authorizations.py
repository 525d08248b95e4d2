"""What 45 CFR 164.508(c) asks of an authorization, and what a text lacks of it."""

from collections.abc import Iterator, Mapping
from dataclasses import fields

from programs.core.catalogue import CATALOGUE
from programs.core.consents import LANGUAGES, SPOKEN, Consent, Grant
from programs.core.definition import Definition

# Each element and statement: its part of the law, and what it has to say.
IN_LAW: Mapping[str, tuple[str, str]] = {
    "information": ("164.508(c)(1)(i)", "what information is shared"),
    "disclosers": ("164.508(c)(1)(ii)", "who may share it"),
    "recipients": ("164.508(c)(1)(iii)", "who may receive it"),
    "purposes": ("164.508(c)(1)(iv)", "what each is for"),
    "expiration": ("164.508(c)(1)(v)", "when it ends"),
    "revocation": ("164.508(c)(2)(i)", "how to take it back"),
    "conditions": ("164.508(c)(2)(ii)", "whether anything depends on signing"),
    "redisclosure": ("164.508(c)(2)(iii)", "that it may be passed on"),
    "payment": ("164.508(a)(3)-(4)", "who is paid for it"),
    "copy": ("164.508(c)(4)", "that the patient gets a copy"),
}
# What signing has to permit for each service: the purposes, the data and the recipients beyond
# those of every enrollment.
NEEDED_FOR: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "benefit_verification": {"purposes": ("benefit_verification",)},
    "prior_authorization": {"purposes": ("prior_authorization",)},
    "appeal": {"purposes": ("prior_authorization",)},
    "copay": {"purposes": ("copay",), "recipients": ("vendor",)},
    "patient_assistance": {"purposes": ("patient_assistance",), "data_classes": ("income",)},
    "bridge": {"purposes": ("dispensing",), "recipients": ("pharmacy",)},
    "nurse": {"purposes": ("nurse_training",)},
    "pharmacy_triage": {"purposes": ("dispensing",), "recipients": ("pharmacy",)},
}
_ABOUT = {"purposes": "sharing for", "data_classes": "sharing of", "recipients": "sharing with a"}
_PERMITS = {
    "disclosers": "nobody who may share",
    "recipients": "nobody who may receive",
    "data_classes": "no data",
    "purposes": "no purpose",
    "expires_after_days": "no end",
}
_SIGNATURE = {"esign": "a signature", "date": "its date", "text": "a representative's authority"}


def lacking(consent: Consent) -> Iterator[tuple[str, str]]:
    """Every element that an authorization lacks: its name, and a sentence with the law's place."""
    for name, (place, what) in IN_LAW.items():
        words = getattr(consent.elements, name, None) or {}
        unsaid = [SPOKEN[each] for each in LANGUAGES if not words.get(each, "").strip()]
        if unsaid:
            yield name, f"In {' and '.join(unsaid)} it does not say {what} (45 CFR {place})."
    types = {CATALOGUE[key].type for key in consent.fields if key in CATALOGUE}
    for type_, what in _SIGNATURE.items():
        if type_ not in types:
            yield "signature", f"It does not ask for {what} (45 CFR 164.508(c)(1)(vi))."
    if consent.grant is None:
        yield "grant", "It does not say what it permits."
    else:
        yield from _grant(consent.grant)


def _grant(grant: Grant) -> Iterator[tuple[str, str]]:
    for part in fields(grant):
        value = getattr(grant, part.name)
        if not value or (isinstance(value, int) and value < 0):
            yield f"grant {part.name}", f"What it permits names {_PERMITS[part.name]}."


def uncovered(definition: Definition) -> Iterator[tuple[str, str, str]]:
    """Every service that is offered and that no authorization permits the sharing for: the text,
    its part, and a sentence. Each purpose is to be described (45 CFR 164.508(c)(1)(iv)).
    """
    texts = [each for each in definition.consents if each.kind == "hipaa_authorization"]
    grants = [each.grant for each in texts if each.grant]
    services = {choice.code: choice.label.lower() for choice in CATALOGUE["H1"].choices}
    # One that permits nothing at all is told of already.
    for service in definition.services if grants else ():
        for part, needed in NEEDED_FOR.get(service, {}).items():
            for each in needed:
                if not any(each in getattr(grant, part) for grant in grants):
                    what = f"{_ABOUT[part]} {each.replace('_', ' ')}"
                    why = (
                        f"The program offers {services[service]}, and this does not permit {what}."
                    )
                    yield texts[0].key, f"grant {part}", why
