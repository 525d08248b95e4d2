from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from accounts.checks import unsafe_settings


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        """Refuse to start, whatever the process, when a development door is open."""
        if found := unsafe_settings():
            raise ImproperlyConfigured(" ".join(found))
        if settings.DEBUG:
            from accounts.views import errors  # views need the apps loaded

            errors.speak_as_deployed()
