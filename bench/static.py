"""The collected files as a deployed site has them, but not compressed."""

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage

from config.static import KnownAddresses


class Uncompressed(KnownAddresses, ManifestStaticFilesStorage):
    """Compressing them would take a minute; the pages that link to them are the same."""
