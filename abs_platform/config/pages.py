"""The single-page application: one HTML page for every address that is not an API's."""

from functools import cache

from django.conf import settings
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from django.core.exceptions import SuspiciousOperation
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe


@cache
def _index() -> bytes:
    return (settings.FRONTEND_DIST / "index.html").read_bytes()


@require_safe
@ensure_csrf_cookie
def single_page(request: HttpRequest, status: int = 200) -> HttpResponse:
    """The application's page; it sets the CSRF cookie that its requests need."""
    try:
        page = _index()
    except FileNotFoundError:
        return HttpResponse(
            "The interface is not built: run ./abs up, or npm run build in frontend/.",
            status=503,
            content_type="text/plain",
        )
    return HttpResponse(page, status=status, headers={"Cache-Control": "no-cache"})


class StaticFiles(ASGIStaticFilesHandler):
    """Static files of the development server. A path that leads out of their folder is not there, like any other."""

    def serve(self, request: HttpRequest) -> HttpResponse | FileResponse:
        try:
            return super().serve(request)
        except (SuspiciousOperation, ValueError) as error:
            raise Http404(request.path) from error
