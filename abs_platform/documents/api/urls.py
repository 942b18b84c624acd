from django.urls import path

from abs_platform.documents.api import tax, versions, views

urlpatterns = [
    path("documents", views.DocumentsView.as_view()),
    path("documents/export", views.DocumentsExportView.as_view()),
    path("documents/<uuid:id>", views.DocumentView.as_view()),
    path("documents/<uuid:id>/file", views.DocumentFileView.as_view()),
    path("documents/<uuid:id>/preview", views.DocumentPreviewView.as_view()),
    path("documents/<uuid:id>/bundle", views.DocumentBundleView.as_view()),
    path("documents/<uuid:id>/certificate", views.DocumentCertificateView.as_view()),
    path("documents/<uuid:id>/versions", versions.DocumentVersionsView.as_view()),
    path("documents/<uuid:id>/comparison/<uuid:other>", versions.DocumentComparisonView.as_view()),
    path("documents/<uuid:id>/fields", views.DocumentFieldsView.as_view()),
    path("documents/<uuid:id>/tax-check", tax.TaxCheckView.as_view()),
    path("documents/<uuid:id>/disclosure", views.DocumentDisclosureView.as_view()),
]
