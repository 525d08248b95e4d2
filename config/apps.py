"""What every process does once all its code is loaded."""

import gc

from django.apps import AppConfig


class ProcessConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        """Keep the collector of garbage from what stays for good.

        Code, models and tables are hundreds of thousands of objects; going through them again and
        again took an eighth of the time of recording an event.
        """
        gc.freeze()
