from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    name = "programs"

    def ready(self) -> None:
        from programs.core import references
        from programs.domain.reference_tables import tables

        references.use(tables())
