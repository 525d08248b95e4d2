"""What one version of a program is: what it asks, whom it helps, and where it sends."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from programs.core.conditions import Condition
from programs.core.consents import Consent
from programs.core.fields import Choice, Field, Need
from programs.core.plain import dump, load
from programs.core.scripts import Script

SCHEMA = 1
Transport = Literal["webhook", "portal", "packet", "email", "fax", "fhir", "sftp"]


@dataclass(frozen=True)
class Tightening:
    """What a program asks of a canonical field beyond the catalogue; it can only ask more.

    ``choices`` keeps some of the field's choices; ``shown_when`` narrows when it is shown.
    """

    required: Need | None = None
    required_when: Condition | None = None
    shown_when: Condition | None = None
    hint: str = ""
    choices: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    hint_es: str = ""


@dataclass(frozen=True)
class Indication:
    """A diagnosis the program covers; ``code`` is ICD-10-CM, ``label`` our own words."""

    code: str
    label: str


@dataclass(frozen=True)
class Product:
    """One package of the medicine. ``ndc`` has 11 digits; doses and frequencies are its own."""

    ndc: str
    label: str
    strength: str
    form: str
    doses: tuple[Choice, ...]
    frequencies: tuple[Choice, ...]
    storage: Literal["room", "refrigerated", "frozen"] = "room"
    controlled: bool = False
    hcpcs: str = ""


@dataclass(frozen=True)
class Default:
    """The answer a form of this program begins with, which the office sees and may change.

    Only for a question answered anew in each enrollment, by picking one of its choices; ``reason``
    says why that choice is nearly always right.
    """

    field: str
    value: str
    reason: str


@dataclass(frozen=True)
class Rule:
    """Who cannot be helped, or with what: when ``when`` holds, ``reason`` is said at ``field``.

    "stops" blocks the submission; "warns" can be passed by a person. ``service`` limits the
    rule to one service of H1; empty means the whole program.
    """

    key: str
    when: Condition
    outcome: Literal["stops", "warns"]
    reason: str
    field: str
    service: str = ""


@dataclass(frozen=True)
class Document:
    """A paper the program wants, and the field it attaches to."""

    key: str
    label: str
    field: str
    required: bool = False


@dataclass(frozen=True)
class Copay:
    """What a commercially insured patient pays at least, and the help in a year; in dollars."""

    patient_pays: str
    yearly_limit: str


@dataclass(frozen=True)
class JourneyPlan:
    """Which journey template the therapy follows, and what this program changes in it."""

    template: str
    tune: Mapping[str, Any]


@dataclass(frozen=True)
class Route:
    """Where a submission goes: organizations by slug, and how the hub takes it.

    ``fallback`` is how it goes when it could not be sent for ``fallback_hours``, or not at all;
    empty means that a person decides.
    """

    hub: str
    transport: Transport
    pharmacies: tuple[Choice, ...]
    vendor: str = ""
    fallback: Literal["", "packet", "portal", "email", "fax"] = ""
    fallback_hours: int = 24


@dataclass(frozen=True)
class Definition:
    """One version of a program as data, immutable once published."""

    schema: int
    key: str
    version: str
    name: str
    manufacturer: str
    medicine: str
    about: str
    valid_from: str
    indications: tuple[Indication, ...]
    products: tuple[Product, ...]
    services: tuple[str, ...]
    asks: tuple[str, ...]
    journey: JourneyPlan
    route: Route
    consents: tuple[Consent, ...]
    tightens: Mapping[str, Tightening]
    questions: tuple[Field, ...] = ()
    eligibility: tuple[Rule, ...] = ()
    documents: tuple[Document, ...] = ()
    copay: Copay | None = None
    defaults: tuple[Default, ...] = ()
    scripts: tuple[Script, ...] = ()

    def __hash__(self) -> int:
        """Stand for the version, which never changes: what is derived from it can be kept."""
        return hash((self.key, self.version))

    @classmethod
    def from_json(cls, data: object) -> "Definition":
        """Read a definition; raises ShapeError naming every fault of its shape at once."""
        return load(cls, data)

    def to_json(self) -> dict[str, Any]:
        """Write it as JSON; ``from_json`` gives the same definition back."""
        written: dict[str, Any] = dump(self)
        return written

    def product(self, ndc: object) -> Product | None:
        """Find the product with this 11-digit NDC."""
        return next((product for product in self.products if product.ndc == ndc), None)
