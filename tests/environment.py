"""Loaded before Django's settings: gives the suite its own PostgreSQL, Redis and keys.

With DATABASE_OWNER_URL and REDIS_URL set (CI services, say) those are used instead.
"""

import atexit
import base64
import os
from urllib.parse import urlsplit


def prepare() -> None:
    """Fill the environment once; the other test processes inherit it."""
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    os.environ["DEBUG"] = "false"
    os.environ["DEV_SIGN_IN"] = "false"
    os.environ["SECURE_SSL_REDIRECT"] = "false"
    os.environ["EMAIL_URL"] = "memorymail://"
    os.environ["STATIC_FROM_SOURCE"] = "true"
    os.environ.setdefault(
        "SECRET_KEY", "a key for tests only, long enough for every check of Django"
    )
    os.environ.setdefault("PHI_KEYS", "k1:" + base64.b64encode(b"k" * 32).decode())
    os.environ.setdefault("PHI_INDEX_KEY", "an index key for tests only")
    if "DATABASE_OWNER_URL" not in os.environ:
        from config.runner import services

        started = services.start_for_tests()
        atexit.register(started.stop)
        os.environ["DATABASE_OWNER_URL"] = started.database_owner_url
        os.environ["TEST_SITE_PASSWORD"] = started.secrets["SITE_PASSWORD"]
        os.environ["REDIS_URL"] = started.redis_url
    os.environ["DATABASE_URL"] = os.environ["DATABASE_OWNER_URL"]


def redis_url(number: int) -> str:
    """The address of one of the numbered databases of the suite's Redis."""
    url = os.environ["REDIS_URL"].partition("?")[0]
    if url.startswith("unix://"):
        return f"{url}?db={number}"
    return urlsplit(url)._replace(path=f"/{number}").geturl()


if "PYTEST_XDIST_WORKER" in os.environ:
    # Processes of the suite neither take one another's tasks nor clear their counters.
    os.environ["REDIS_URL"] = redis_url(1 + int(os.environ["PYTEST_XDIST_WORKER"][2:]))
else:
    prepare()
