"""Where it stands, for the patient: one or two short sentences in English and in Spanish.

No step's name, no reason, nobody's fault: what happens now, who has it, by when.
"""

from collections.abc import Container, Mapping
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from journeys.core.clocks import DEFAULT_ZONE
from journeys.core.state import JourneyState, Party, StepState

Language = Literal["en", "es"]
Pair = tuple[str, str]

NOW: Mapping[str, Pair] = {
    "enrollment_submitted": (
        "{who} is getting your enrollment ready.",
        "{who} está preparando su inscripción.",
    ),
    "intake_review": (
        "{who} is reading your enrollment.",
        "{who} está revisando su inscripción.",
    ),
    "missing_information": (
        "{who} is adding something that was missing on your enrollment.",
        "{who} está agregando un dato que faltaba en su inscripción.",
    ),
    "patient_authorization": (
        "{who} waits for your signature: sign by the link you were given, or ask the office.",
        "{who} espera su firma: firme con el enlace que recibió o pregunte en el consultorio.",
    ),
    "benefit_verification": (
        "{who} is asking your insurance plan what it covers.",
        "{who} está preguntando a su seguro qué cubre.",
    ),
    "prior_authorization": (
        "{who} is asking your insurance plan to approve your medicine.",
        "{who} está pidiendo a su seguro que apruebe su medicamento.",
    ),
    "prior_authorization_determination": (
        "Your insurance plan is deciding whether it covers your medicine.",
        "Su seguro está decidiendo si cubre su medicamento.",
    ),
    "appeal": (
        "{who} is asking your insurance plan to think again.",
        "{who} está pidiendo a su seguro que lo reconsidere.",
    ),
    "copay_enrollment": (
        "{who} is looking at help with what you pay.",
        "{who} está viendo qué ayuda hay para lo que usted paga.",
    ),
    "patient_assistance": (
        "{who} is looking whether you can get your medicine at no cost.",
        "{who} está viendo si puede recibir su medicamento sin costo.",
    ),
    "pharmacy_triage": (
        "{who} is sending your prescription to a pharmacy.",
        "{who} está enviando su receta a una farmacia.",
    ),
    "pharmacy_intake": (
        "{who} is preparing your prescription.",
        "{who} está preparando su receta.",
    ),
    "delivery": (
        "{who} is arranging the delivery of your medicine.",
        "{who} está organizando la entrega de su medicamento.",
    ),
    "home_delivery": (
        "{who} is arranging the delivery of your injections.",
        "{who} está organizando la entrega de sus inyecciones.",
    ),
    "first_dose": (
        "Everything is ready for your first dose.",
        "Todo está listo para su primera dosis.",
    ),
    "foundation_referral": (
        "{who} is looking for a foundation that may help you pay.",
        "{who} está buscando una fundación que le pueda ayudar a pagar.",
    ),
    "bridge": (
        "{who} is sending you medicine while your insurance plan decides.",
        "{who} le está enviando medicamento mientras su seguro decide.",
    ),
    "adverse_event": (
        "{who} is following up on what you told us about how you feel.",
        "{who} está dando seguimiento a lo que nos contó sobre cómo se siente.",
    ),
    "refill": (
        "{who} is getting your next supply ready.",
        "{who} está preparando su próxima entrega.",
    ),
    "reverification": (
        "{who} is checking your insurance again.",
        "{who} está revisando su seguro de nuevo.",
    ),
    "reauthorization": (
        "{who} is asking your insurance plan to go on covering your medicine.",
        "{who} está pidiendo a su seguro que siga cubriendo su medicamento.",
    ),
    "assistance_renewal": (
        "{who} is asking that you go on getting your medicine at no cost.",
        "{who} está pidiendo que siga recibiendo su medicamento sin costo.",
    ),
    "discontinuation": (
        "{who} is talking with you about ending this medicine.",
        "{who} está hablando con usted sobre terminar este medicamento.",
    ),
    "site_of_care": (
        "{who} is choosing with you where you get your infusions.",
        "{who} está eligiendo con usted dónde recibirá sus infusiones.",
    ),
    "infusion_course": (
        "{who} is giving you your first infusions.",
        "{who} le está dando sus primeras infusiones.",
    ),
    "rems": (
        "{who} is signing you up for the safety program of your medicine.",
        "{who} le está inscribiendo en el programa de seguridad de su medicamento.",
    ),
}
# Where it lies with somebody else than usual.
WITH: Mapping[tuple[str, str], Pair] = {
    ("enrollment_submitted", "patient"): (
        "Your enrollment is ready for you to sign.",
        "Su inscripción está lista para que usted la firme.",
    ),
    ("missing_information", "hub"): (
        "{who} is asking your doctor's office for something that is missing.",
        "{who} está pidiendo a su consultorio un dato que falta.",
    ),
    ("patient_assistance", "patient"): (
        "Some papers of yours are needed to see whether you can get your medicine at no cost.",
        "Faltan documentos suyos para ver si puede recibir su medicamento sin costo.",
    ),
    ("assistance_renewal", "patient"): (
        "Some papers of yours are needed so that you go on getting your medicine at no cost.",
        "Faltan documentos suyos para que siga recibiendo su medicamento sin costo.",
    ),
    ("foundation_referral", "patient"): (
        "A foundation may help you pay: ask it for help, as you were told.",
        "Una fundación puede ayudarle a pagar: solicite la ayuda como le explicaron.",
    ),
    ("reverification", "patient"): (
        "Your new insurance card is needed: show it to your doctor's office.",
        "Hace falta su nueva tarjeta del seguro: muéstrela en el consultorio.",
    ),
    ("appeal", "payer"): (
        "Your insurance plan is thinking again about covering your medicine.",
        "Su seguro está reconsiderando si cubre su medicamento.",
    ),
    ("prior_authorization_determination", "practice"): (
        "{who} is answering a question from your insurance plan.",
        "{who} está respondiendo una pregunta de su seguro.",
    ),
    ("pharmacy_triage", "pharmacy"): (
        "{who} is checking whether it can fill your prescription.",
        "{who} está viendo si puede surtir su receta.",
    ),
    ("refill", "practice"): (
        "{who} is deciding with you whether this medicine goes on.",
        "{who} está decidiendo con usted si continúa con este medicamento.",
    ),
    ("reauthorization", "payer"): (
        "Your insurance plan is deciding whether it goes on covering your medicine.",
        "Su seguro está decidiendo si sigue cubriendo su medicamento.",
    ),
}
# To whom has it, and does not have what was sent.
ON_ITS_WAY: Pair = (
    "Your papers are on their way to {who}.",
    "Sus documentos van en camino a {who}.",
)
CHECKING: Pair = (
    "{who} is checking something with everyone who helps you.",
    "{who} está aclarando algo con todos los que le ayudan.",
)
BY: Pair = ("We expect this to be done by {day}.", "Esperamos que esté listo a más tardar {day}.")
LONGER: Pair = (
    "This takes longer than usual; {acts} is following up.",
    "Esto tarda más de lo normal; {acts} le está dando seguimiento.",
)
# The reason of the routing, so that nobody is steered without knowing it.
PHARMACY: Mapping[str, Pair] = {
    "patient_choice": (
        "Your pharmacy is {name}. You chose it.",
        "Su farmacia es {name}. Usted la eligió.",
    ),
    "payer_mandate": (
        "Your pharmacy is {name}. Your insurance plan requires it.",
        "Su farmacia es {name}. Su seguro la exige.",
    ),
    "payer_network": (
        "Your pharmacy is {name}. It is in your insurance plan's network.",
        "Su farmacia es {name}. Está en la red de su seguro.",
    ),
    "limited_distribution": (
        "Your pharmacy is {name}. No other one has this medicine.",
        "Su farmacia es {name}. Ninguna otra tiene este medicamento.",
    ),
    "no_preference": (
        "Your pharmacy is {name}. You had no preference, and it was its turn.",
        "Su farmacia es {name}. Usted no tenía preferencia y le tocaba el turno.",
    ),
}
DONE: Pair = ("Everything is in place.", "Todo está listo.")
ENDED: Pair = (
    "This enrollment has ended. Call your doctor's office if you have questions.",
    "Esta inscripción terminó. Llame al consultorio de su médico si tiene preguntas.",
)
WHO: Mapping[str, Pair] = {
    "practice": ("Your doctor's office", "El consultorio de su médico"),
    "hub": ("The support program", "El programa de apoyo"),
    "pharmacy": ("The pharmacy", "La farmacia"),
    "vendor": ("The copay program", "El programa de copago"),
    "payer": ("Your insurance plan", "Su seguro"),
    "patient": ("You", "Usted"),
}
_DAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
_MONTHS = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
    *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
)


def for_patient(
    state: JourneyState,
    language: Language,
    *,
    parties: Mapping[str, Party],
    now: datetime,
    lacking: Container[str] = (),
) -> str:
    """Where it stands, in words that a patient can be read on the telephone.

    What was sent has not reached the roles that are `lacking`.
    """
    here = 1 if language == "es" else 0
    if state.closed_at:
        return ENDED[here]
    told = _now(state, here, parties=parties, now=now, lacking=lacking)
    return " ".join([told, *_pharmacy(state, here)])


def _pharmacy(state: JourneyState, here: int) -> list[str]:
    """Which pharmacy it is and why, once that is settled."""
    name, why = state.facts.get("pharmacy_name"), state.facts.get("routing_reason")
    words = PHARMACY.get(str(why.value)) if why else None
    return [words[here].format(name=name.value)] if name and words else []


def _now(
    state: JourneyState,
    here: int,
    *,
    parties: Mapping[str, Party],
    now: datetime,
    lacking: Container[str],
) -> str:
    if not state.current:
        return DONE[here]
    told_of = [key for key in state.current if key not in state.private]
    step = state.steps[(told_of or list(state.current))[0]]
    acts = _name(step.acts or "hub", parties, here)
    unclear = step.phase == "conflict" or not told_of
    who = step.owner or step.acts or "hub"
    if who in lacking and not unclear:
        return ON_ITS_WAY[here].format(who=_name(who, parties, here))
    words = CHECKING if unclear else WITH.get((step.key, who)) or NOW.get(step.key, CHECKING)
    told = words[here].format(who=_name(who, parties, here))
    return told if unclear else " ".join([told, *_when(step, acts, parties, here, now)])


def _when(
    step: StepState, acts: str, parties: Mapping[str, Party], here: int, now: datetime
) -> list[str]:
    if step.due_at is None:
        return []
    if step.due_at < now:
        return [LONGER[here].format(acts=acts)]
    practice = parties.get("practice")
    local = step.due_at.astimezone(ZoneInfo(practice.time_zone if practice else DEFAULT_ZONE))
    day = f"{local:%A}, {local:%B} {local.day}"
    if here:
        day = f"el {_DAYS[local.weekday()]} {local.day} de {_MONTHS[local.month - 1]}"
    return [BY[here].format(day=day)]


def _name(role: str | None, parties: Mapping[str, Party], here: int) -> str:
    """The organization's own name, or what it is to the patient."""
    party = parties.get(role or "")
    if party and role not in ("payer", "patient"):
        return party.name
    return WHO.get(role or "", WHO["hub"])[here]
