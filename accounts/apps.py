from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured

from accounts.checks import unsafe_settings


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        """Refuse to start, whatever the process, when a development door is open."""
        if found := unsafe_settings():
            raise ImproperlyConfigured(" ".join(found))
