from django.apps import AppConfig


class JourneysConfig(AppConfig):
    name = "journeys"

    def ready(self) -> None:
        from journeys.domain.program_journeys import ProgramJourneys
        from programs.domain.studio import ports

        ports.use(ProgramJourneys())
