"""Settings come from the environment; docs/deploy.md lists every variable.

Outside development (`DEBUG` off, the default) nothing has an unsafe default: a missing secret
stops the process at start.
"""

import sys
from pathlib import Path
from urllib.parse import unquote

import environ
from csp.constants import NONCE, NONE, SELF

from config.logs import configure_logging

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
SITE_URL = env.str("SITE_URL", default="http://localhost:8000")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[SITE_URL])
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "accounts",
    "programs",
    "journeys",
    "enrollment",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "django_structlog",
    "lucide",
    "ninja",
    "template_partials",
    # Last: it waits until the code of all the others is loaded.
    "config",
]

MIDDLEWARE = [
    "accounts.middleware.security_headers",
    "accounts.systems.systems",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.static.StaticFiles",
    "accounts.requests.Policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "accounts.middleware.Authentication",
    "accounts.requests.Requests",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.session_limits",
    "accounts.middleware.handed_over",
    "accounts.middleware.actor",
    "accounts.middleware.mfa_required",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "config.navigation.shell",
            ],
        },
    }
]

# --- Data ------------------------------------------------------------------------------------

# The site connects as a role that neither owns tables nor may bypass row-level security;
# migrations run with DATABASE_URL set to DATABASE_OWNER_URL.
DATABASES = {"default": env.db_url("DATABASE_URL", engine="accounts.postgresql")}
# A socket folder stands percent-encoded in the URL's host.
DATABASES["default"]["HOST"] = unquote(DATABASES["default"]["HOST"])
DATABASES["default"]["OPTIONS"] = {
    **DATABASES["default"].get("OPTIONS", {}),
    "pool": {
        "min_size": 1,
        "max_size": env.int("DATABASE_POOL_SIZE", default=8),
        "timeout": 2,
    },
}
# wsgi and asgi set it: a page that hangs on the database ends, and says to try again. A worker's
# statements have the time limit of its task; migrations and commands take as long as they need.
if STATEMENT_SECONDS := env.int("STATEMENT_SECONDS", default=0):
    given = DATABASES["default"]["OPTIONS"].get("options", "")
    limit = f"-c statement_timeout={STATEMENT_SECONDS}s"
    DATABASES["default"]["OPTIONS"]["options"] = f"{given} {limit}".strip()
REDIS_URL = env.str("REDIS_URL")
AUTH_USER_MODEL = "accounts.User"
# Sessions must not live only in Redis, which may be lost whole at any moment.
SESSION_ENGINE = "accounts.identity"
# Nor may what keeps the door: attempts at signing in, and codes that were used.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    # Counts per minute, which may be lost: without Redis nothing is counted and nothing waits.
    "counters": {
        "BACKEND": "accounts.counters.Counters",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 0.25, "socket_connect_timeout": 0.25},
    },
}

# The ring that PHI columns are encrypted under: "k2:<base64>,k1:<base64>", first is current.
PHI_KEYS = env.str("PHI_KEYS")
PHI_INDEX_KEY = env.str("PHI_INDEX_KEY")

# --- Tasks -----------------------------------------------------------------------------------

# redis-py and Celery spell a socket's URL and the number of its database differently.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1).replace(
    "?db=", "?virtual_host="
)
CELERY_TASK_DEFAULT_QUEUE = "default"
# Measured in the reliability page: without these a killed child loses its task, and a lost
# worker's tasks come back after 100 s instead of 10.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 60
CELERY_TASK_SOFT_TIME_LIMIT = 50
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 180,
    "unacked_restore_interval": 2,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    # A free process takes the first queue of its list that has a task: deliveries go first.
    "queue_order_strategy": "priority",
    # A nudge is only a hint: a page never waits for Redis.
    "max_retries": 0,
}
CELERY_TASK_PUBLISH_RETRY = False

# --- Sign-in ---------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = ["accounts.identity.Backend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.adapter.InvitationOnlyAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
# The default names the host that the request asked for.
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
# The key of "login_failed" is account and address, or for a code the account; see the adapter.
ACCOUNT_RATE_LIMITS = {
    "login_failed": "20/m/ip,5/10m/key",
    "login_failed_anywhere": "50/h/key",
}
# How many proxies stand in front and may be believed about a client's address.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "accounts.forms.second_factor.CodeForm",
    "reauthenticate": "accounts.forms.second_factor.CodeAgainForm",
    "activate_totp": "accounts.forms.second_factor.FirstCodeForm",
}
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Throughline"
# Nobody makes an account of another's address here: the invitation went to it.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
MFA_REQUIRED = env.bool("MFA_REQUIRED", default=not DEBUG)
USERSESSIONS_TRACK_ACTIVITY = False
DEV_SIGN_IN = env.bool("DEV_SIGN_IN", default=DEBUG)

# --- Sessions and cookies --------------------------------------------------------------------

IDLE_SECONDS = 15 * 60
IDLE_WARNING_SECONDS = 2 * 60
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "accounts.views.errors.csrf_failure"
if not DEBUG:
    SESSION_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_SECURE = True
    CSRF_COOKIE_NAME = "__Host-csrf"
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400
DATA_UPLOAD_MAX_NUMBER_FILES = 20
# What is too large is dropped as it comes in; nothing is ever written to a disk in the clear.
FILE_UPLOAD_HANDLERS = ["enrollment.forms.uploads.BoundedUpload"]
# clamd, as tcp://host:3310 or unix:///path; once it is set, nothing is kept that it did not pass.
MALWARE_SCANNER = env.str("MALWARE_SCANNER", "")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        # The TOTP picture is a data: URI.
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- Pages -----------------------------------------------------------------------------------

LANGUAGE_CODE = "en-us"
LANGUAGES = [("en", "English"), ("es", "Español")]
# What day it is where no page says whose: in tasks and commands. Pages take their reader's zone.
TIME_ZONE = "America/New_York"
USE_TZ = True
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "staticfiles"
# Without a `collectstatic` before: in development, and in tests.
STATIC_FROM_SOURCE = env.bool("STATIC_FROM_SOURCE", default=DEBUG)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if STATIC_FROM_SOURCE
        else "config.static.Collected"
    },
}
WHITENOISE_USE_FINDERS = STATIC_FROM_SOURCE
WHITENOISE_AUTOREFRESH = STATIC_FROM_SOURCE
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = DEBUG is False

# --- Live pages ------------------------------------------------------------------------------

LIVE_STREAMS_MAX = env.int("LIVE_STREAMS_MAX", default=1000)
LIVE_PING_SECONDS = env.float("LIVE_PING_SECONDS", default=15)
# How soon an open page notices that its reader was signed out or lost the right to read it.
LIVE_RECHECK_SECONDS = env.float("LIVE_RECHECK_SECONDS", default=40)

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str(
    "DEFAULT_FROM_EMAIL", default="Throughline <no-reply@throughline.example>"
)

# --- Exchange --------------------------------------------------------------------------------

# Endpoints on private addresses are refused outside development; see journeys/partners.
ALLOW_PRIVATE_ENDPOINTS = env.bool("ALLOW_PRIVATE_ENDPOINTS", default=DEBUG)
# How long a worker has what it took to send; after that another takes it.
DELIVERY_LEASE_SECONDS = env.int("DELIVERY_LEASE_SECONDS", default=60)
# How often one person may do it, and in how many seconds. A paper is one patient's, an export many.
MOST_BY_A_PERSON = {"search": (120, 60), "export": (20, 3600), "paper": (200, 3600)}
# When one person reads of more patients than this within an hour, administrators are told: six
# full pages of a list, and nobody is kept from reading.
PATIENTS_READ_IN_AN_HOUR = env.int("PATIENTS_READ_IN_AN_HOUR", default=300)
# What one partner may report in a minute.
REPORTS_PER_MINUTE = env.int("REPORTS_PER_MINUTE", default=12_000)
# How long what a partner tries in its sandbox stays there.
SANDBOX_DAYS = env.int("SANDBOX_DAYS", default=30)
SIMULATOR_URL = env.str("SIMULATOR_URL", default="")
SIMULATOR_SECRET = env.str("SIMULATOR_SECRET", default="")
SIMULATOR_SPEED = env.float("SIMULATOR_SPEED", default=1.0)

# --- Logs ------------------------------------------------------------------------------------

LOGGING_CONFIG = None
configure_logging(json_lines=env.bool("LOG_JSON", default=not DEBUG), stream=sys.stderr)
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_USER_ID_FIELD = "pk"
# The path can be logged: it holds opaque ids only. Query strings and addresses are not.
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False

SILENCED_SYSTEM_CHECKS: list[str] = []
