"""Which boxes each part of the studio has, and what there is to choose from."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.core.permissions import OrganizationKind
from accounts.enums import Words
from accounts.models import Organization
from programs.core.authorizations import IN_LAW
from programs.core.catalogue import CATALOGUE
from programs.core.checks import FITTING
from programs.core.consents import HEADINGS
from programs.core.facts import FACTS
from programs.core.fields import SECTIONS
from programs.core.scripts import PURPOSES
from programs.core.words import TYPES
from programs.domain.studio.ports import journeys
from programs.forms.boxes import Box, Pairs
from programs.forms.summaries import CONSENT_KINDS

_CHOICES = _("One a line: code | words | Spanish words. A line of words alone gets a code.")
_NUMBERS = frozenset({"number", "quantity", "computed", "money"})
_PICKED = frozenset({"pick", "multi", "checklist", "quantity", "combo", "icd10"})
_TYPED = frozenset({"text", "long_text", "code", "combo"})
_CHECKED = _TYPED | {"date", "money", "number"}
_TESTED = frozenset({"boolean", "date", "number", "pick", "quantity"})
# Files are documents, and signatures are consents: each has its own part.
# Its parts say themselves when they are asked.
_NEVER_ASKED = frozenset({"group"})
ELSEWHERE = frozenset({"esign", "file"})


def _words(at: str, label: str, kind: str = "long") -> tuple[Box, Box]:
    return (
        Box(f"{at}.en", _("%(what)s, in English") % {"what": label}, kind, kept=True),
        Box(f"{at}.es", _("%(what)s, in Spanish") % {"what": label}, kind, kept=True),
    )


BASICS = (
    Box("name", _("Name of the program"), kept=True),
    Box("medicine", _("Medicine"), kept=True),
    Box(
        "about", _("What it is for"), "long", _("One sentence, as a practice reads it."), kept=True
    ),
    Box("version", _("Name of this version"), hint=_("For example 2027-01."), kept=True, width=20),
    Box("valid_from", _("Holds from"), "day", kept=True),
    Box("services", _("Services offered"), "picks", from_="services", kept=True),
)
PRODUCT = (
    Box("ndc", _("NDC"), hint=_("11 digits, without hyphens."), kept=True, width=20),
    Box("label", _("Name on the form"), hint=_("With strength and package."), kept=True),
    Box("strength", _("Strength"), kept=True, width=20),
    Box("form", _("Form"), hint=_("For example: prefilled pen."), kept=True, width=30),
    Box("storage", _("Storage"), "pick", from_="storage"),
    Box("controlled", _("It is a controlled medicine"), "tick"),
    Box("hcpcs", _("HCPCS code"), hint=_("When a site bills it."), width=10),
    Box("doses", _("Doses"), "choices", _CHOICES, kept=True),
    Box("frequencies", _("How often"), "choices", _CHOICES, kept=True),
)
INDICATION = (
    Box("code", _("ICD-10-CM code"), kept=True, width=10),
    Box("label", _("In words"), kept=True),
)
QUESTION = (
    Box("label", _("Question"), kept=True),
    Box("label_es", _("Question in Spanish")),
    Box("hint", _("Help"), "long", _("Shown under the question.")),
    Box("hint_es", _("Help in Spanish"), "long"),
    Box("type", _("Type of answer"), "pick", from_="types", kept=True, must=True),
    Box("section", _("Section"), "pick", from_="sections", kept=True, must=True),
    Box("after", _("Stands after"), "pick", _("At the end of its section when nothing is chosen."),
        from_="asked"),
    Box("required", _("It must be answered"), "pick", from_="needs"),
    Box("asked_of", _("Who answers"), "pick", from_="askers"),
    Box("choices", _("Choices"), "choices", _CHOICES, only=_PICKED),
    Box("unit", _("Unit"), only=_NUMBERS, width=20),
    Box("unit_es", _("Unit in Spanish"), only=_NUMBERS, width=20),
    Box("minimum", _("At least"), only=_NUMBERS, width=10),
    Box("maximum", _("At most"), only=_NUMBERS, width=10),
    Box("max_length", _("Longest answer, in characters"), "whole", only=_TYPED),
    Box("checks", _("Checks"), "picks", from_="checks", only=_CHECKED),
    Box("loinc", _("LOINC codes of the result"), "lines", _("One a line. A record that a practice "
        "uploads then proposes its newest result with one of them."), only=_TESTED),
    Box("rows", _("Rows"), "choices", _CHOICES, only=frozenset({"matrix"})),
    Box("most", _("How often at most"), "whole", only=frozenset({"repeat"})),
    Box("formula.of", _("Follows from"), "pick", from_="numbers", only=frozenset({"computed"})),
    Box("formula.bands", _("Bands"), "bands", _("One a line: up to | value. The last is without a "
        "limit: | value."), only=frozenset({"computed"})),
    Box("formula.times", _("Or times"), only=frozenset({"computed"}), width=10),
    Box("formula.step", _("Rounded to a multiple of"), only=frozenset({"computed"}), width=10),
    Box("formula.most", _("Never more than"), only=frozenset({"computed"}), width=10),
    Box("recurs", _("Gone through again"), hint=_("In words, for example: at each infusion."),
        only=frozenset({"checklist"})),
    Box("every_days", _("Every so many days"), "whole", only=frozenset({"checklist"})),
)  # fmt: skip
RULE = (
    Box("reason", _("What is said"), "long", _("To the office, at the question."), kept=True),
    Box("outcome", _("What it does"), "pick", from_="outcomes", kept=True, must=True),
    Box("field", _("Said at"), "pick", from_="asked", kept=True),
    Box("service", _("Only for"), "pick", _("One service, such as copay help or free medicine; "
        "the whole program when nothing is chosen."), from_="services"),
)  # fmt: skip
DEFAULT = (
    Box("field", _("Question"), "pick", from_="picked", kept=True),
    Box("value", _("Begins with"), hint=_("The code of one of its choices."), kept=True),
    Box("reason", _("Why that is nearly always right"), "long", kept=True),
)
COPAY = (
    Box(
        "copay.patient_pays",
        _("The patient pays at least"),
        hint=_("In dollars."),
        kept=True,
        width=10,
    ),
    Box(
        "copay.yearly_limit",
        _("Help in a year, at most"),
        hint=_("In dollars."),
        kept=True,
        width=10,
    ),
)
DOCUMENT = (
    Box("label", _("What the paper is"), kept=True),
    Box("field", _("Attached at"), "pick", from_="files", kept=True),
    Box("required", _("The enrollment cannot go without it"), "tick"),
)
ROUTE = (
    Box("route.hub", _("Hub"), "pick", from_="hubs", kept=True),
    Box("route.transport", _("The hub takes it by"), "pick", from_="transports", kept=True,
        must=True),
    Box("route.fallback", _("What does not go through goes by"), "pick", _("Nothing chosen: a "
        "person decides. Fax and e-mail need an address that the hub gave; without one, a PDF "
        "packet is made."), from_="fallbacks"),
    Box("route.fallback_hours", _("After so many hours"), "whole", _("What can never go through "
        "does so at once."), usual=24),
    Box("route.vendor", _("Copay vendor"), "pick", from_="vendors"),
    Box("route.pharmacies", _("Pharmacies of the network"), "named", _("Offered in an order that "
        "favors none; without any, every pharmacy can be named."), from_="pharmacies", kept=True),
)  # fmt: skip
TIGHTENING = (
    Box("required", _("It must be answered"), "pick", _("A program can ask more than the "
        "catalogue, never less."), from_="needs"),
    Box("hint", _("Help for this program"), "long"),
    Box("hint_es", _("Help in Spanish"), "long"),
    Box("choices", _("Keep only these choices"), "picks", _("All of them when none is ticked."),
        from_="own_choices"),
)  # fmt: skip
CONSENT = (
    Box("kind", _("Kind"), "pick", from_="consent_kinds", kept=True, must=True),
    Box("signer", _("Signed by"), "pick", from_="signers", kept=True, must=True),
    Box("version", _("Version of the words"), hint=_("Changes with every change of them."),
        kept=True, width=20),
    Box("fields", _("What signing fills in"), "picks", from_="signatures", kept=True),
    Box("required", _("Nothing is sent before it is signed"), "tick", kept=True,
        usual=True),
    *_words("title", "Title", "text"),
    *_words("body", "Text"),
)  # fmt: skip
GRANT = (
    *(
        box
        for name, (place, _what) in IN_LAW.items()
        for box in _words(f"elements.{name}", f"{HEADINGS[name]['en']} (45 CFR {place})")
    ),
    Box("grant.disclosers", _("Who may share"), "picks", from_="parties", kept=True),
    Box("grant.recipients", _("Who may receive"), "picks", from_="parties", kept=True),
    Box("grant.data_classes", _("Which data"), "picks", from_="data_classes", kept=True),
    Box("grant.purposes", _("For what"), "picks", from_="purposes", kept=True),
    Box("grant.expires_after_days", _("Ends so many days after it is signed"), "whole", kept=True),
)
SCRIPT = (
    Box("purpose", _("The call is about"), "pick", from_="purposes_of_calls", kept=True,
        must=True),
    *_words("opening", "Opening"),
    *_words("message", "Message left behind"),
)  # fmt: skip
BOXES: Mapping[str, tuple[Box, ...]] = {
    "asks": TIGHTENING, "basics": BASICS, "consents": CONSENT, "copay": COPAY,
    "defaults": DEFAULT, "documents": DOCUMENT, "indications": INDICATION,
    "products": PRODUCT, "questions": QUESTION, "route": ROUTE, "rules": RULE,
    "scripts": SCRIPT,
}  # fmt: skip

NAMES: Mapping[str, Words] = {
    "basics": _("Basics"), "products": _("Products"), "indications": _("Diagnoses"),
    "asks": _("Canonical questions"), "questions": _("Own questions"), "rules": _("Rules"),
    "defaults": _("First answers"), "copay": _("Copay help"), "documents": _("Documents"),
    "consents": _("Texts to sign"), "scripts": _("Call scripts"), "journey": _("Journey"),
    "route": _("Route"),
}  # fmt: skip
ABOUT: Mapping[str, Words] = {
    "basics": _("What the program is called, what it is for, and from when this version holds."),
    "products": _("The packages of the medicine, with their doses."),
    "indications": _("The diagnoses it covers; another one warns and asks why."),
    "asks": _("Which questions of the catalogue it asks, and what it asks of them beyond it."),
    "questions": _("What it asks that the catalogue does not have."),
    "rules": _("Who cannot be helped, or with what: for the program, copay help, free medicine."),
    "defaults": _("Answers a form begins with, which the office sees and may change."),
    "copay": _("What a commercially insured patient pays, and the help in a year."),
    "documents": _("The papers it wants."),
    "consents": _("The patient's permission, the certifications, and what else is signed."),
    "scripts": _(
        "What the hub says in calls. {caller}, {hub}, {program} and {maker} are filled "
        "in. The opening says who pays; a message names neither medicine nor program."
    ),
    "journey": _("The steps from enrollment to therapy, who has each, and how long it may take."),
    "route": _("The hub that takes it, the copay vendor and the pharmacies."),
}


def boxes_of(part: str, row: Mapping[str, Any]) -> tuple[Box, ...]:
    """The boxes for one row: those that its type of question, or kind of consent, has."""
    if part == "consents" and (row.get("kind") == "hipaa_authorization" or row.get("elements")):
        return (*CONSENT, *GRANT)
    kind = row.get("type")
    return tuple(
        box
        for box in BOXES[part]
        if (not box.only or kind in box.only)
        and not (kind in _NEVER_ASKED and box.at == "required")
    )


def _worded(code: str) -> str:
    return code.replace("_", " ").capitalize()


_EMAIL, _FAX = ("email", _("Secure e-mail")), ("fax", _("A fax"))
_PACKET, _PORTAL = ("packet", _("A PDF packet")), ("portal", _("The portal's inbox"))
WAYS: Pairs = [("webhook", _("Its own system, by signed webhook")),
    ("fhir", _("Its own system, by FHIR R4")), ("sftp", _("Its own system, by files over SFTP")),
    _PORTAL, _PACKET, _EMAIL, _FAX]  # fmt: skip
_FIXED: Mapping[str, Pairs] = {
    "askers": [("PO", _("The office")), ("PT", _("The patient")), ("RX", _("The prescriber"))],
    "consent_kinds": list(CONSENT_KINDS.items()),
    "data_classes": [(each, each.capitalize()) for each in (
        "identity", "contact", "insurance", "diagnosis", "treatment", "prescription", "status",
        "income")],
    "needs": [("always", _("Always, when it is shown")), ("conditional", _("When a condition "
        "holds, or whenever shown if there is none")), ("optional", _("Never"))],
    "outcomes": [("stops", _("Stops the enrollment")), ("warns", _("Warns; a person may go on"))],
    "parties": [(each, each.capitalize()) for each in (
        "practice", "payer", "hub", "manufacturer", "pharmacy", "vendor")],
    "purposes": [(each, _worded(each)) for each in (
        "enrollment", "benefit_verification", "prior_authorization", "copay",
        "patient_assistance", "dispensing", "site_of_care", "nurse_training", "safety")],
    "purposes_of_calls": list(PURPOSES.items()),
    "sections": [(each, each) for each in SECTIONS if each != "Consent"],
    "signers": [("patient", _("The patient")), ("prescriber", _("The prescriber"))],
    "storage": [("room", _("Room temperature")), ("refrigerated", _("Refrigerated")),
        ("frozen", _("Frozen"))],
    "fallbacks": [_PACKET, _PORTAL, _EMAIL, _FAX],
    "transports": WAYS,
    "types": [(key, words) for key, words in TYPES.items() if key not in ELSEWHERE],
}  # fmt: skip
_CHECKS = (
    ("after_birth", _("Not before the patient was born")), ("near_today", _("Within 2 years")),
    ("not_future", _("Not in the future")), ("positive", _("More than 0")),
    ("whole", _("A whole number")), ("person_name", _("A person's name")),
)  # fmt: skip


def lists_for(plan: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Pairs]:
    """Everything there is to choose from in this program, by the name of the list."""
    asked = [CATALOGUE[each] for each in plan["asks"] if each in CATALOGUE]
    own = [part for each in plan.get("questions", ()) for part in (each, *each.get("parts", ()))]
    named = [(each.id, f"{each.label} ({each.id})") for each in asked]
    mine = [(each["id"], f"{each['label']} ({each['id']})") for each in own]
    kept = {(check, check) for check in row.get("checks", ())} - {(k, k) for k, _w in _CHECKS}
    grant = row.get("grant") or {}
    return {
        **_FIXED,
        "data_classes": _with("data_classes", grant.get("data_classes", ())),
        "purposes": _with("purposes", grant.get("purposes", ())),
        "asked": [*named, *mine],
        "checks": [*_checks_of(row.get("type")), *sorted(kept)],
        "files": [(each.id, each.label) for each in CATALOGUE.values() if each.type == "file"],
        "hubs": _organizations(OrganizationKind.HUB),
        "numbers": [*FACTS.items(), *((e["id"], e["label"]) for e in own if e["type"] == "number")],
        "own_choices": [(c.code, c.label) for c in _choices_of(row)],
        "pharmacies": _organizations(OrganizationKind.PHARMACY),
        "picked": [(each.id, each.label) for each in asked if each.type == "pick"],
        "services": [(c.code, c.label) for c in CATALOGUE["H1"].choices],
        "signatures": [
            (each.id, each.label) for each in CATALOGUE.values() if each.section == "Consent"
        ],
        "templates": journeys().templates(),
        "vendors": _organizations(OrganizationKind.VENDOR),
    }


def _checks_of(kind: str | None) -> Pairs:
    return [(name, words) for name, words in _CHECKS if kind in FITTING[name]]


def _with(name: str, kept: Iterable[str]) -> Pairs:
    """A list with what a row says beside it: a version may say what the studio does not offer."""
    usual = dict(_FIXED[name])
    return [*usual.items(), *((each, _worded(each)) for each in kept if each not in usual)]


def _choices_of(row: Mapping[str, Any]) -> tuple[Any, ...]:
    field = CATALOGUE.get(str(row.get("asked", "")))
    return field.choices if field else ()


def _organizations(kind: OrganizationKind) -> Pairs:
    rows = Organization.objects.filter(kind=kind, active=True, sandbox_of=None).order_by("name")
    return list(rows.values_list("slug", "name"))
