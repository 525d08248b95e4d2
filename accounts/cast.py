"""The cast of the demo world: fictional people whom a developer signs in as with one click."""

from dataclasses import dataclass

from accounts.core.permissions import Role

# Everybody's in the demo, so that proving who one is can be tried; it opens nothing else.
CAST_PASSWORD = "every-program-one-page"  # noqa: S105  # printed on the cast page


@dataclass(frozen=True)
class CastMember:
    """One person: where they work, as what, and what they are for in the demo."""

    name: str
    email: str
    organization: str
    roles: tuple[Role, ...]
    can_try: str


CAST: tuple[CastMember, ...] = (
    CastMember(
        "Ana Whitfield",
        "ana@lakeside.example",
        "lakeside",
        (Role.PRACTICE_STAFF, Role.ADMIN),
        "Create a patient, fill in one form for any program, send it, and watch it move. "
        "Manages members and reads the audit.",
    ),
    CastMember(
        "Dr. Maya Okafor",
        "maya@lakeside.example",
        "lakeside",
        (Role.PRESCRIBER,),
        "Sign what Ana prepared, after proving who you are.",
    ),
    CastMember(
        "Leo Marchetti",
        "leo@lakeside.example",
        "lakeside",
        (Role.PRACTICE_STAFF,),
        "Be the second person in a form that Ana has open: each is told what the other changed.",
    ),
    CastMember(
        "Ben Castillo",
        "ben@harbor.example",
        "harbor",
        (Role.PRACTICE_STAFF, Role.ADMIN),
        "See another practice's own patients, and none of Lakeside's.",
    ),
    CastMember(
        "Dr. Ruth Adler",
        "ruth@harbor.example",
        "harbor",
        (Role.PRESCRIBER,),
        "Sign for Harbor Neurology.",
    ),
    CastMember(
        "Priya Raman",
        "priya@northstar.example",
        "northstar",
        (Role.HUB_AGENT, Role.ADMIN),
        "See what reached a hub that is connected by signed webhook, and how it answered.",
    ),
    CastMember(
        "Jonah Reyes",
        "jonah@beacon.example",
        "beacon",
        (Role.HUB_AGENT,),
        "Work the portal's inbox: accept an enrollment, or return it field by field.",
    ),
    CastMember(
        "Lena Fischer",
        "lena@beacon.example",
        "beacon",
        (Role.HUB_SUPERVISOR, Role.ADMIN),
        "Supervise Beacon's intake, and send a delivery again.",
    ),
    CastMember(
        "Omar Haddad",
        "omar@parcel.example",
        "parcel",
        (Role.HUB_AGENT, Role.ADMIN),
        "Receive enrollments as a PDF packet.",
    ),
    CastMember(
        "Grace Lindqvist",
        "grace@crescent.example",
        "crescent",
        (Role.PHARMACIST, Role.ADMIN),
        "Take a referral with its benefits and authorization already in it, and report shipping.",
    ),
    CastMember(
        "Theo Marsh",
        "theo@copperline.example",
        "copperline",
        (Role.VENDOR_AGENT, Role.ADMIN),
        "Report copay enrollment on the journeys you were brought into.",
    ),
    CastMember(
        "Nadia Brooks",
        "nadia@aldertree.example",
        "aldertree",
        (Role.PROGRAM_MANAGER, Role.ADMIN),
        "Compose the next version of Veltrana Together, try it and propose it; watch its counts "
        "and those of Omniveda Circle: never a patient.",
    ),
    CastMember(
        "Felix Okoye",
        "felix@aldertree.example",
        "aldertree",
        (Role.PROGRAM_MANAGER,),
        "Approve what Nadia proposes: nobody publishes alone.",
    ),
    CastMember(
        "Sofia Renner",
        "sofia@aldertree.example",
        "aldertree",
        (Role.SAFETY_OFFICER,),
        "Confirm side effects that a hub forwarded, ask about them, and compare the month: what "
        "Nadia and Felix never see.",
    ),
    CastMember(
        "Samuel Ito",
        "samuel@kestrel.example",
        "kestrel",
        (Role.PROGRAM_MANAGER, Role.ADMIN),
        "Watch the counts of Ossivue Path and Corvanta Companion: never a patient.",
    ),
    CastMember(
        "Ines Moreau",
        "ines@pelham.example",
        "pelham",
        (Role.PROGRAM_MANAGER, Role.ADMIN),
        "Watch the counts of Rivastet Connect and Pelham Open Door: never a patient.",
    ),
    CastMember(
        "Tobias Grey",
        "tobias@fennimore.example",
        "fennimore",
        (Role.PROGRAM_MANAGER, Role.ADMIN),
        "Watch the counts of a safety program and of a pump with training: never a patient.",
    ),
    CastMember(
        "Amara Nwosu",
        "amara@ostrane.example",
        "ostrane",
        (Role.PROGRAM_MANAGER, Role.ADMIN),
        "Watch the counts of two programs for rare illness: too few to be shown.",
    ),
    CastMember(
        "Julia Stern",
        "julia@wendle.example",
        "wendle",
        (Role.PROGRAM_MANAGER, Role.ADMIN),
        "Watch the counts of a buy-and-bill and a copay program: never a patient.",
    ),
    CastMember(
        "Casey Lin",
        "casey@operations.example",
        "operations",
        (Role.OPERATOR, Role.ADMIN),
        "Watch the exchange with every partner, and send a delivery again.",
    ),
)
