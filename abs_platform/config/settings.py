"""Every setting, driven by the environment. In production a missing one stops the start with its name."""

import json
import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from abs_platform.config import handlers
from abs_platform.config.consortium import read_consortium
from abs_platform.config.networks import read_chains, read_channels

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent.parent

ENVIRONMENT: str = env.str("ABS_ENV", default="development")
if ENVIRONMENT not in {"development", "production"}:
    raise ImproperlyConfigured(f"ABS_ENV is {ENVIRONMENT!r}; it must be development or production")
PRODUCTION = ENVIRONMENT == "production"


def required(name: str, development: str) -> str:
    """The variable's value; its development default outside production."""
    value: str = env.str(name, default="" if PRODUCTION else development)
    if not value:
        raise ImproperlyConfigured(f"set {name}: production has no default for it")
    return value


def seconds(name: str, default: int) -> timedelta:
    """A span of at least one second, given as a number of seconds."""
    value: int = env.int(name, default=default)
    if value < 1:
        raise ImproperlyConfigured(f"{name} is {value}; it must be at least 1 second")
    return timedelta(seconds=value)


STATE_DIR = Path(env.str("ABS_STATE", default=str(BASE_DIR / ".state"))).resolve()
SECRET_KEY = required("ABS_SECRET_KEY", "development-only-not-a-secret-0123456789abcdefghij")
WEB_URL = required("ABS_WEB_URL", "http://127.0.0.1:8000")
REDIS_URL = required("REDIS_URL", "redis://127.0.0.1:6379/0")
DEMO: bool = env.bool("ABS_DEMO", default=False)
if DEMO and PRODUCTION:
    raise ImproperlyConfigured("ABS_DEMO=1 opens accounts to anybody; it is refused in production")

DEMO_ACCOUNTS_FILE = STATE_DIR / "demo-accounts.json"
OPERATOR_FILE = STATE_DIR / "operator.json"

DEBUG = False
_host = WEB_URL.split("://", 1)[1].split("/")[0].rsplit(":", 1)[0]
ALLOWED_HOSTS = [_host] if PRODUCTION else [_host, "127.0.0.1", "localhost", "testserver"]
CSRF_TRUSTED_ORIGINS = [WEB_URL]

# --- the chains that checkpoints go to, and the logs; their forms stand in networks.py
CHAINS: list[dict[str, Any]] = read_chains(required("ABS_CHAINS", "[]"))
# --- who cosigns checkpoints that are consistent with all they saw before: [{"name", "public": 32 bytes in hex}]


def _witnesses(text: str) -> list[dict[str, str]]:
    """At most 16: a note with a line of each must stay readable for the verifiers."""
    try:
        found = [{"name": str(entry["name"]), "public": str(entry["public"])} for entry in json.loads(text)]
        names = {entry["name"] for entry in found}
        good = len(names) == len(found) <= 16 and all(
            re.fullmatch(r"[^\s+]{1,100}", entry["name"]) and re.fullmatch(r"[0-9a-f]{64}", entry["public"])
            for entry in found
        )
    except (ValueError, TypeError, LookupError):
        good = False
    if not good:
        raise ImproperlyConfigured(
            'ABS_WITNESSES is a list of at most 16, each under a name of its own: [{"name": "witness.example/w1", "public": '
            '"64 hexadecimal digits"}]; `./abs witness` prints its entry'
        )
    return found


WITNESSES = _witnesses(env.str("ABS_WITNESSES", default="[]"))
# These two stand for good in what they made: a name and a key that nobody chose would be found out too late.
LOG_ORIGIN = required("ABS_LOG_ORIGIN", "abs.local/main")
CHANNELS: list[dict[str, Any]] = read_channels(env.str("ABS_CHANNELS", default=""), chains=CHAINS, origin=LOG_ORIGIN)
MASTER_KEY_FILE = Path(required("ABS_MASTER_KEY_FILE", str(STATE_DIR / "keys" / "master.key")))
# How long a sent transaction may lie before it is replaced by one that pays more, how often each chain is looked at, and
# by when a record that was counted on a chain must have its place in the log.
ANCHOR_STUCK_AFTER = seconds("ABS_ANCHOR_STUCK_SECONDS", 60)
CHAIN_WATCH_EVERY = seconds("ABS_CHAIN_WATCH_SECONDS", 5)
SUPERVISE_EVERY = seconds("ABS_SUPERVISE_SECONDS", 60)
MERGE_DELAY = seconds("ABS_MERGE_DELAY_SECONDS", 3600)
CHAIN_KEY_FILE = Path(env.str("ABS_CHAIN_KEY_FILE", default=str(STATE_DIR / "keys" / "publisher.key")))
TRUST_FILE = STATE_DIR / "trust.json"

# --- the registry of rights, and the key that the platforms sharing it have in common
REGISTRY_CHAIN, REGISTRY_CONTRACT, CONSORTIUM_KEY = read_consortium(env, chains=CHAINS)

# --- files
STORAGE_DIR = STATE_DIR / "storage"
# Instead of the folder: s3://bucket/prefix, at Amazon's or at the endpoint; credentials as S3 clients find them.
STORAGE_URL: str = env.str("ABS_STORAGE_URL", default="")
S3_ENDPOINT: str = env.str("ABS_S3_ENDPOINT", default="")
S3_REGION: str = env.str("ABS_S3_REGION", default="")
if STORAGE_URL and not re.fullmatch(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[\w./-]*)?", STORAGE_URL):
    raise ImproperlyConfigured(f"ABS_STORAGE_URL is {STORAGE_URL!r}; it must be of the form s3://bucket/prefix")
MAX_FILE_BYTES: int = env.int("ABS_MAX_FILE_BYTES", default=20_000_000)
MAX_FILES: int = env.int("ABS_MAX_FILES", default=100)
READING_QUEUE: int = env.int("ABS_READING_QUEUE", default=2_000)  # files of one organisation that may wait to be read
FILE_UPLOAD_HANDLERS = ["abs_platform.documents.uploads.BoundedUploadHandler"]
MAX_BULK_BYTES: int = env.int("ABS_MAX_BULK_BYTES", default=500_000_000)  # of documents as JSON lines in one request
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FILES = MAX_FILES + 1

# --- who is asked for invoices' tax statuses, and how often (seconds): while nothing depends on the answer, while a right
# --- does, while a pledge does, and while the tax office does not know the invoice yet.
TAX_SIMULATOR = "simulator:"
TAX_STATUS_URL: str = env.str("ABS_TAX_STATUS_URL", default=TAX_SIMULATOR if DEMO else "")
if PRODUCTION and TAX_STATUS_URL == TAX_SIMULATOR:
    raise ImproperlyConfigured("ABS_TAX_STATUS_URL names the simulator, which is refused in production")
TAX_STATUS_KEY: str = env.str("ABS_TAX_STATUS_KEY", default="")
TAX_STATUS_SECRET: str = env.str("ABS_TAX_STATUS_SECRET", default="")
if TAX_STATUS_URL not in ("", TAX_SIMULATOR) and not (TAX_STATUS_KEY and TAX_STATUS_SECRET):
    raise ImproperlyConfigured("ABS_TAX_STATUS_URL needs ABS_TAX_STATUS_KEY and ABS_TAX_STATUS_SECRET beside it")
TAX_STATUS_FORM: str = env.str("ABS_TAX_STATUS_FORM", default="")
TAX_STATUS_TIMEOUT = seconds("ABS_TAX_STATUS_TIMEOUT_SECONDS", 10)
TAX_STATUS_EVERY = {
    "none": seconds("ABS_TAX_STATUS_IDLE_SECONDS", 7 * 86400),
    "right": seconds("ABS_TAX_STATUS_RIGHT_SECONDS", 86400),
    "pledge": seconds("ABS_TAX_STATUS_PLEDGE_SECONDS", 6 * 3600),
}
TAX_STATUS_ASK_EVERY = seconds("ABS_TAX_STATUS_ASK_SECONDS", 3600)
TAX_STATUS_UNKNOWN_EVERY = seconds("ABS_TAX_STATUS_UNKNOWN_SECONDS", 6 * 3600)
# Whether an invoice that the tax office has not verified lifts a right to rung 4; by default it must be verified wherever
# somebody can be asked.
INVOICE_MUST_BE_VERIFIED: bool = env.bool("ABS_INVOICE_MUST_BE_VERIFIED", default=bool(TAX_STATUS_URL))

# --- what certificates are set in: the npm package @expo-google-fonts/noto-sans-sc, or a folder with its 400Regular and 700Bold
FONTS_DIR = Path(
    env.str(
        "ABS_FONTS_DIR", default=str(BASE_DIR / "frontend" / "node_modules" / "@expo-google-fonts" / "noto-sans-sc")
    )
)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "pgtrigger",
    "rest_framework",
    "drf_spectacular",
    "guardian",
    "allauth",
    "allauth.account",
    "allauth.headless",
    "oauth2_provider",
    "abs_platform.core",
    "abs_platform.parties",
    "abs_platform.ledger",
    "abs_platform.risk",
    "abs_platform.consent",
    "abs_platform.documents",
    "abs_platform.trade",
    "abs_platform.imports",
    "abs_platform.rights",
    "abs_platform.financing",
    "abs_platform.config",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "abs_platform.config.urls"
ASGI_APPLICATION = "abs_platform.config.asgi.application"
WSGI_APPLICATION = "abs_platform.config.wsgi.application"
FRONTEND_DIST = BASE_DIR / "frontend" / "dist"
STATIC_URL = "/static/"
STATICFILES_DIRS = [FRONTEND_DIST] if FRONTEND_DIST.is_dir() else []
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [FRONTEND_DIST],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
            ]
        },
    }
]

# --- database
_DATABASE_URL = required("DATABASE_URL", "postgres://postgres@127.0.0.1:5432/abs")
# No statement waits for a lock, runs or idles in a transaction for ever; migrations included. What is prepared is planned once.
_BOUNDS = "-c lock_timeout=15s -c statement_timeout=120s -c idle_in_transaction_session_timeout=120s -c plan_cache_mode=force_generic_plan"


def _database(url: str, *, options: str, **more: Any) -> dict[str, Any]:  # Any: Django's form
    found = env.db_url_config(url)
    engine = {"ENGINE": "django.db.backends.postgresql", "CONN_HEALTH_CHECKS": False}
    # Statements are prepared where a cursor binds on the server, which Django's own never do: else `prepare=True` says nothing.
    bound = {"options": options, "prepare_threshold": 5, **more}
    return {**found, **engine, "OPTIONS": {**found.get("OPTIONS", {}), **bound}}


DATABASES = {
    "default": _database(_DATABASE_URL, options=_BOUNDS, pool={"min_size": 1, "max_size": 8, "timeout": 20}),
    # The auditor's own account, which may only read, and only the ledger (see ledger/audit/account.py).
    "audit": {
        **_database(
            required("ABS_AUDIT_DATABASE_URL", _DATABASE_URL), options=f"{_BOUNDS} -c default_transaction_read_only=on"
        ),
        "TEST": {"MIRROR": "default"},
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL, "KEY_PREFIX": "abs"}
}

# --- who is there
AUTH_USER_MODEL = "parties.Person"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
# Memory-hard, and four times quicker to check than a million rounds of PBKDF2.
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
GUARDIAN_MONKEY_PATCH_USER = False
ANONYMOUS_USER_NAME = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "abs_platform.parties.accounts.ClosedSignup"
HEADLESS_ONLY = True
HEADLESS_CLIENTS = ["browser"]
HEADLESS_FRONTEND_URLS = {"account_signup": f"{WEB_URL}/login", "account_reset_password_from_key": f"{WEB_URL}/login"}
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = WEB_URL.startswith("https://")
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
OAUTH2_PROVIDER_APPLICATION_MODEL = "oauth2_provider.Application"
OAUTH2_PROVIDER = {
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    "SCOPES": {"api": "The REST API as the client's organisation"},
    "DEFAULT_SCOPES": ["api"],
    "PKCE_REQUIRED": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,  # no token in an address: addresses are logged
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if WEB_URL.startswith("https://") else 0
X_FRAME_OPTIONS = "DENY"

CHAIN_PUBLIC_URLS = [chain.get("public_url") or chain["url"] for chain in CHAINS if chain.get("kind") == "evm"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, "'wasm-unsafe-eval'"],
        "style-src": [SELF, "'unsafe-inline'"],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF, "data:"],
        "frame-src": [SELF, "blob:"],
        "connect-src": [SELF, *CHAIN_PUBLIC_URLS],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "abs_platform.parties.authentication.BearerClient",
        "abs_platform.parties.authentication.BrowserSession",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["abs_platform.parties.authentication.IsActor"],
    "DEFAULT_PARSER_CLASSES": ["abs_platform.core.rest.parsers.FlatJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "abs_platform.core.rest.pagination.NewestFirst",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "abs_platform.core.rest.problems.handle",
    "DEFAULT_THROTTLE_RATES": {"person": env.str("ABS_RATE_LIMIT", default="1200/min"), "anonymous": "300/min"},
    "DEFAULT_THROTTLE_CLASSES": ["abs_platform.parties.authentication.ActorThrottle"],
    # How many proxies in front add to X-Forwarded-For; with none, the header is the caller's own word and not heard.
    "NUM_PROXIES": env.int("ABS_PROXIES", default=0),
    "UNAUTHENTICATED_USER": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Supply-chain ABS platform",
    "DESCRIPTION": "Anchored documents, business rights confirmation, consented access. Errors are problem details (RFC 9457).",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": [],  # enums stay where they are used: no invented names
}

# --- background work
JOB_HANDLERS = handlers.JOB_HANDLERS
TOPICS = handlers.TOPICS
# Periodic jobs: kind -> interval. They carry no payload; what concerns one channel or chain they enqueue as jobs of its own.
JOB_SCHEDULE: dict[str, timedelta] = {
    **handlers.SCHEDULE,
    "ledger.audit_what_is_new": timedelta(minutes=env.int("ABS_AUDIT_MINUTES", default=5)),
    "ledger.audit_everything": timedelta(hours=env.int("ABS_AUDIT_HOURS", default=24)),
    "rights.reconcile": seconds("ABS_RECONCILE_SECONDS", 300),
    "financing.watch_due": timedelta(days=1),
}
if min(JOB_SCHEDULE.values()) <= timedelta(0):
    raise ImproperlyConfigured("ABS_AUDIT_MINUTES and ABS_AUDIT_HOURS must be at least 1")
# Kinds that wait for others' systems have a queue and a worker of their own: see `anchorer` in deploy/README.md.
ANCHOR_QUEUE = "anchor"
JOB_QUEUES = {
    **dict.fromkeys(("ledger.anchor", "ledger.hand_over"), ANCHOR_QUEUE),
    **dict.fromkeys(("rights.registry", "rights.watch", "rights.reconcile"), "registry"),
}
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 1, "socket_timeout": 5, "visibility_timeout": 300}
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {"sweep": {"task": "core.sweep", "schedule": timedelta(seconds=2)}}
for _chain in CHAINS:
    for _task, _every in (("ledger.watch", CHAIN_WATCH_EVERY), ("ledger.supervise", SUPERVISE_EVERY)):
        CELERY_BEAT_SCHEDULE[f"{_task}/{_chain['name']}"] = {
            "task": _task,
            "args": [_chain["name"]],
            "schedule": _every,
            "options": {"queue": ANCHOR_QUEUE, "expires": _every.total_seconds()},
        }
CELERY_TIMEZONE = "UTC"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.str("ABS_LOG_LEVEL", default="INFO")},
    "loggers": {"django.request": {"level": "ERROR"}, "httpx": {"level": "WARNING"}},
}

# --- business defaults, to be set by each installation. Source: DOMAIN, the supported amount; market knowledge [K] of
# --- November 2026, not read in a public source.


def _advance_rates(text: str) -> dict[int, str]:
    """{rung 1 to 5: advance rate, as a decimal fraction of the base}; every rung is named."""
    try:
        rates = {int(rung): str(Decimal(rate)) for rung, rate in json.loads(text).items()}
        values = [Decimal(rates[rung]) for rung in range(1, 6)]
        good = len(rates) == 5 and all(0 <= value <= 1 for value in values)
    except (ValueError, TypeError, AttributeError, LookupError, ArithmeticError):
        good = False
    if not good:
        raise ImproperlyConfigured('ABS_ADVANCE_RATES needs a rate from 0 to 1 for each rung: {"1": "0.30", ...}')
    return rates


ADVANCE_RATES = _advance_rates(
    env.str("ABS_ADVANCE_RATES", default='{"1": "0.30", "2": "0.40", "3": "0.70", "4": "0.80", "5": "0.90"}')
)
# 《保障中小企业款项支付条例》 (国务院令第802号, from 2025-06-01): large buyers pay small ones within 60 days of delivery.
STATUTORY_PAYMENT_DAYS: int = env.int("ABS_STATUTORY_PAYMENT_DAYS", default=60)
CONFIRMATION_DAYS: int = env.int("ABS_CONFIRMATION_DAYS", default=5)  # that a core enterprise is given to answer
if not 1 <= CONFIRMATION_DAYS <= 365:
    raise ImproperlyConfigured("ABS_CONFIRMATION_DAYS must be from 1 to 365")
