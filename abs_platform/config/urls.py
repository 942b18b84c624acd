"""Every address of the platform."""

import sys

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path, re_path

from abs_platform.config import events, home, operations, pages, schema, storage_keys
from abs_platform.consent.api.urls import urlpatterns as consent
from abs_platform.core.rest import problems
from abs_platform.documents.api.urls import urlpatterns as documents
from abs_platform.financing.api.urls import urlpatterns as financing
from abs_platform.imports.api.urls import urlpatterns as imports
from abs_platform.ledger.api.urls import urlpatterns as ledger
from abs_platform.parties.api.urls import urlpatterns as parties
from abs_platform.rights.api.urls import urlpatterns as rights
from abs_platform.risk.api.urls import urlpatterns as risk
from abs_platform.trade.api.urls import urlpatterns as trade

# web3's py_ecc raises the limit a hundredfold at its import; nested JSON would then run over the C stack and kill the
# process, instead of raising RecursionError. All that imports it has been imported above.
sys.setrecursionlimit(1000)

api: list[URLPattern | URLResolver] = [
    *parties,
    *ledger,
    *risk,
    *consent,
    *documents,
    *trade,
    *imports,
    *rights,
    *financing,
    path("home", home.HomeView.as_view()),
    path("health", operations.HealthView.as_view()),
    path("storage/master-keys", storage_keys.MasterKeys.as_view()),
    path("storage/master-keys/rotate", storage_keys.RotateMasterKey.as_view()),
    path("storage/keys", storage_keys.DataKeys.as_view()),
    path("storage/keys/<uuid:id>/rotate", storage_keys.RotateDataKey.as_view()),
    path("storage/keys/<uuid:id>/destruction", storage_keys.RequestDestruction.as_view()),
    path("storage/keys/<uuid:id>/destruction/confirm", storage_keys.Destroy.as_view()),
    path("storage/keys/<uuid:id>/destruction/withdraw", storage_keys.WithdrawDestruction.as_view()),
    path("operations", operations.OperationsView.as_view()),
    path("jobs", operations.JobsView.as_view()),
    path("jobs/<uuid:id>/retry", operations.RetryJobView.as_view()),
    path("events", events.stream),
    path("schema", schema.SchemaView.as_view()),
    re_path(r"^.*$", problems.not_found),
]

urlpatterns = [
    path("api/v1/", include(api)),
    # Signing in and out is all that is used of it; signup is closed and says so. Mail addresses and resets have no mail.
    re_path(r"^_allauth/(?!browser/v1/(config|auth/login|auth/session|auth/signup)$)", problems.not_found),
    path("_allauth/", include("allauth.headless.urls")),
    re_path(r"^(?!api/|static/|_allauth/).*$", pages.single_page),
]


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A problem detail under /api, the application's own page elsewhere."""
    return problems.not_found(request) if _is_api(request) else pages.single_page(request, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """A problem detail, wherever it happened."""
    return problems.server_error(request)


handler404 = page_not_found
handler500 = server_error
