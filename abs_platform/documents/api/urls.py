from django.urls import path

from abs_platform.documents.api import tax, views

urlpatterns = [
    path("documents", views.DocumentsView.as_view()),
    path("documents/<uuid:id>", views.DocumentView.as_view()),
    path("documents/<uuid:id>/file", views.DocumentFileView.as_view()),
    path("documents/<uuid:id>/bundle", views.DocumentBundleView.as_view()),
    path("documents/<uuid:id>/certificate", views.DocumentCertificateView.as_view()),
    path("documents/<uuid:id>/fields", views.DocumentFieldsView.as_view()),
    path("documents/<uuid:id>/tax-check", tax.TaxCheckView.as_view()),
    path("documents/<uuid:id>/disclosure", views.DocumentDisclosureView.as_view()),
]
