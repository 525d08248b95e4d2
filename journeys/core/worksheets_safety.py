"""The worksheet of an adverse event or a complaint about the product."""

from journeys.core.asking import because, is_known, result_is, says
from journeys.core.worksheet import Compared, Part, Question, Stop, Worksheet

# A report counts with four things: a patient (the journey's), a reporter, a product, an event.
# The forward-by clock runs from the moment somebody first heard of it.
ADVERSE_EVENT = Worksheet(
    step="adverse_event",
    reasoned=("captured",),
    moment="When your organization first heard of it",
    parts=(
        Part(
            "The event",
            (
                Question(fact="what_happened", needed=result_is("captured"), fresh=True),
                Question(fact="suspect_product", needed=result_is("captured")),
                Question(fact="lot_number", hint="From the package, if it is at hand.", fresh=True),
                Question(fact="began_on", fresh=True),
            ),
            result_is("captured", "triaged"),
        ),
        Part(
            "The reporter",
            (
                Question(fact="told_by", needed=result_is("captured"), fresh=True),
                Question(fact="told_by_name", needed=result_is("captured"), fresh=True),
                Question(fact="told_by_phone", fresh=True),
            ),
            result_is("captured", "triaged"),
        ),
        Part(
            "How serious it is",
            (
                Question(fact="serious", needed=result_is("captured"), fresh=True),
                Question(fact="serious_because", needed=says("serious", True), fresh=True),
            ),
            result_is("captured", "triaged"),
        ),
        Part(
            "The safety desk",
            (
                Question(fact="safety_report_number", needed=True),
                Question(
                    fact="safety_desk_number",
                    needed=result_is("acknowledged"),
                    hint="From its confirmation.",
                    fresh=True,
                ),
            ),
            result_is(
                "triaged", "forwarded", "follow_up", "acknowledged", "reconciled", "withdrawn"
            ),
        ),
    ),
    stops=(
        Stop(
            {"all": [says("serious", False), is_known("serious_because"), result_is("captured")]},
            "It is serious if one of these is so.",
            "serious",
        ),
        Stop(
            {"all": [because("serious"), says("serious", False), result_is("captured")]},
            "The reason “serious” and “Serious: no” cannot both be.",
            "serious",
        ),
    ),
    compared=(Compared("began_on", "today", "It cannot begin in future."),),
)
