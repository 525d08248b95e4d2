"""The deploy check: the site refuses to start in a shape that would not be safe."""

from django.conf import settings


def unsafe_settings() -> list[str]:
    """What is open that may be open only in development; each in a sentence."""
    if settings.DEBUG:
        return []
    found = []
    if settings.DEV_SIGN_IN:
        found.append("DEV_SIGN_IN opens the one-click sign-in door while DEBUG is off.")
    if not settings.MFA_REQUIRED:
        found.append("MFA_REQUIRED is off while DEBUG is off.")
    if settings.ALLOW_PRIVATE_ENDPOINTS:
        found.append("ALLOW_PRIVATE_ENDPOINTS is on while DEBUG is off.")
    return found
