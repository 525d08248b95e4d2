"""When the payer says no or says nothing: appeals, and free medicine in the meantime."""

from journeys.core.graph import (
    Aside,
    Clock,
    Detour,
    Due,
    Moment,
    Opening,
    Reason,
    Skip,
    Status,
    Step,
)
from journeys.core.steps_access import GOVERNMENT, PRIOR_AUTHORIZATION_DETERMINATION, UNSIGNED

_TWO_DAYS = Clock(2, "business_days")
_FIVE_DAYS = Clock(5, "business_days")
_DECISION = PRIOR_AUTHORIZATION_DETERMINATION.key
_WITH_PAYER = "Follow up with {owner} on the appeal"

APPEAL = Step(
    key="appeal",
    title="Appeal",
    spoken="Appeal",
    lane="practice",
    owner="practice",
    chased_by="hub",
    action="Decide whether to appeal",
    statuses=(
        Status(
            key="considering",
            label="To be decided",
            spoken="The denied prior authorization",
            awaits="decision on an appeal",
        ),
        Status(key="drafting", label="Being written", action="Send the appeal", due=_FIVE_DAYS),
        Status(
            key="submitted",
            label="With the payer",
            awaits="decision",
            owner="payer",
            action=_WITH_PAYER,
            due=Clock(15, "business_days"),
            table="appeal_decision",
            reasons=(
                Reason("appeal", "appeal"),
                Reason("formulary_exception", "exception to the formulary"),
                Reason("tier_exception", "exception to the tier"),
            ),
        ),
        Status(
            key="peer_to_peer",
            label="Talk between doctors",
            action="Take the call with the payer's doctor",
            due=_TWO_DAYS,
        ),
        Status(
            key="upheld",
            label="Denied again",
            spoken="The denied appeal",
            awaits="decision to go on",
            action="Decide on the second level of appeal",
            due=_FIVE_DAYS,
            setback=True,
        ),
        Status(
            key="second_level",
            label="With the payer, second level",
            awaits="decision",
            owner="payer",
            action=_WITH_PAYER,
            due=Clock(15, "business_days"),
            table="appeal_decision",
        ),
        Status(
            key="second_upheld",
            label="Denied at the second level",
            spoken="The denied appeal",
            awaits="decision to go on",
            action="Decide on an external review",
            due=_FIVE_DAYS,
            setback=True,
        ),
        Status(
            key="external",
            label="In external review",
            spoken="The external review of the denial",
            awaits="decision",
            owner="payer",
            action="Follow up on the external review",
            due=Clock(45, "days"),
        ),
        Status(key="overturned", label="Won", kind="done"),
        Status(key="exhausted", label="Lost at the last level", kind="done"),
        Status(key="not_pursued", label="Not pursued", kind="done"),
    ),
    due=Due(_FIVE_DAYS, until=Moment("appeal_deadline_on", Clock(0, "days"))),
    follow_up=_TWO_DAYS,
    typical=(50, 150),
    produces=(
        "authorization_number",
        "authorization_starts_on",
        "authorization_ends_on",
        "appeal_by_on",
    ),
    detour=Detour(
        of=_DECISION,
        opened_by=("denied",),
        returns={
            "overturned": "approved",
            "exhausted": "not_covered",
            "not_pursued": "not_covered",
        },
        unused_why="Nothing was denied",
        but_for=("missing_information",),
    ),
    per_coverage=True,
    seen_by=("practice", "hub", "pharmacy"),
)

_COMMERCIAL = {"field": "line_of_business", "op": "in", "value": ["commercial", "marketplace"]}
_STANDS = f"step.{_DECISION}"
_PENDING = {
    "field": _STANDS,
    "op": "in",
    "value": ["pending", "in_review", "more_info_requested"],
}
_DENIED = {"field": _STANDS, "op": "equals", "value": "denied"}
_ON_ITS_WAY = {
    "field": "step.delivery",
    "op": "in",
    "value": ["scheduled", "packed", "shipped", "delivered"],
}

# The pattern of OIG Advisory Opinion 15-11: new to the therapy, insured and on label, a delay
# of five business days or a denial, thirty days and one refill, never billed to anybody.
BRIDGE = Step(
    key="bridge",
    title="Bridge supply",
    spoken="Free medicine in the meantime",
    lane="hub",
    owner="hub",
    action="Offer free medicine while the payer decides",
    needs=("benefit_verification",),
    skips=(
        Skip(GOVERNMENT, "Bridge supply is for commercial coverage", ends_as="ended_coverage"),
        Skip(
            {"not": {"field": "therapy_stage", "op": "equals", "value": "new"}},
            "Bridge supply is for patients new to the therapy",
        ),
        Skip(
            {"field": f"{_STANDS}.reason", "op": "equals", "value": "missing_information"},
            "The payer only misses information: the request is sent again",
        ),
        Skip(_ON_ITS_WAY, "The plan's own supply is on its way", ends_as="ended_covered"),
        Skip(
            {"field": _STANDS, "op": "equals", "value": "not_covered"},
            "The appeals are exhausted",
            ends_as="ended_not_covered",
        ),
        Skip(
            {
                "all": [
                    _DENIED,
                    {"field": "step.appeal", "op": "in", "value": ["considering", "drafting"]},
                ]
            },
            "Nobody appealed within 90 days",
            ends_as="ended_not_covered",
            at=Moment(f"since.{_DECISION}", Clock(90, "days")),
        ),
        Skip(
            {"field": "bridge_fill_number", "op": "at_least", "value": 2},
            "Both free fills were sent",
        ),
    ),
    statuses=(
        Status(key="to_offer", label="To be offered"),
        Status(key="requested", label="Asked for", action="Decide on free medicine"),
        Status(key="eligible", label="Eligible", action="Ship free medicine", due=_TWO_DAYS),
        Status(
            key="ineligible",
            label="Not eligible",
            kind="skipped",
            reasons=(
                Reason("existing_patient", "patient is not new to the therapy"),
                Reason("off_label", "use is off label"),
                Reason("missing_information", "the payer only misses information"),
                Reason("government_coverage", "coverage is a government's"),
            ),
        ),
        Status(key="shipped", label="Shipped", kind="done"),
        Status(key="ended_covered", label="Ended: the plan's supply came", kind="done"),
        Status(key="ended_not_covered", label="Ended: not covered", kind="done"),
        Status(key="ended_coverage", label="Ended: coverage changed", kind="done"),
    ),
    due=Due(_TWO_DAYS),
    typical=(10, 30),
    produces=("bridge_fill_number", "ship_on", "days_supply"),
    per_coverage=True,
    gates=(UNSIGNED,),
    aside=Aside(
        openings=(
            Opening(
                {"all": [_COMMERCIAL, _PENDING]},
                Moment(f"step.{_DECISION}", Clock(5, "business_days")),
            ),
            Opening(
                {"all": [_COMMERCIAL, _DENIED]}, Moment(f"since.{_DECISION}", Clock(0, "days"))
            ),
            Opening(
                {
                    "all": [
                        _COMMERCIAL,
                        {"any": [_PENDING, _DENIED]},
                        {"field": "runs_out_on", "op": "present"},
                    ]
                },
                Moment("runs_out_on", Clock(7, "days"), before=True),
            ),
        ),
        numbered_by="bridge_fill_number",
    ),
    details_seen_by=("practice", "hub"),
)
