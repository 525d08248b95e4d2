from django.apps import AppConfig


class EnrollmentConfig(AppConfig):
    name = "enrollment"

    def ready(self) -> None:
        """Register what a journey may ask of an enrollment: the whole table stands here."""
        from enrollment.domain.submission import return_for_correction
        from journeys.domain.handlers import HANDLERS

        HANDLERS["return_for_correction"] = return_for_correction
