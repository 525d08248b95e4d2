from django.apps import AppConfig


class EnrollmentConfig(AppConfig):
    name = "enrollment"

    def ready(self) -> None:
        """Register what journeys may ask of enrollment: the whole table stands here."""
        from enrollment.domain.made_up import made_up_packet
        from enrollment.domain.permissions import taken_back_at_hub
        from enrollment.domain.submission import return_for_correction
        from enrollment.domain.trying import steps_of
        from enrollment.views.attaching import paper_of_message
        from journeys.domain.attaching import READERS
        from journeys.domain.handlers import HANDLERS
        from journeys.domain.sandbox_sending import MAKERS
        from programs.domain.studio import ports

        HANDLERS["return_for_correction"] = return_for_correction
        HANDLERS["permission_taken_back"] = taken_back_at_hub
        READERS["paper"] = paper_of_message
        MAKERS["packet"] = made_up_packet
        ports.use_steps(steps_of)
