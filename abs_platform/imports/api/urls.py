from django.urls import path

from abs_platform.imports.api import bulk_views, views

urlpatterns = [
    path("imports", views.BatchesView.as_view()),
    path("imports/choices", views.ChoicesView.as_view()),
    path("imports/bulk", bulk_views.BulkView.as_view()),
    path("imports/mappings", views.SavedMappingsView.as_view()),
    path("imports/mappings/<uuid:id>", views.SavedMappingView.as_view()),
    path("imports/<uuid:id>", views.BatchView.as_view()),
    path("imports/<uuid:id>/mapping", views.MappingView.as_view()),
    path("imports/<uuid:id>/proposals", views.ProposalsView.as_view()),
    path("imports/<uuid:id>/rows", views.RowsView.as_view()),
    path("imports/<uuid:id>/rows/<int:number>", views.RowView.as_view()),
    path("imports/<uuid:id>/replacements", views.ReplacementsView.as_view()),
    path("imports/<uuid:id>/entries", views.EntriesView.as_view()),
    path("imports/<uuid:id>/dependents", views.DependentsView.as_view()),
    path("imports/<uuid:id>/export", views.ExportView.as_view()),
    path("imports/<uuid:id>/import", views.ImportView.as_view()),
    path("imports/<uuid:id>/undo", views.UndoView.as_view()),
    path("imports/<uuid:id>/discard", views.DiscardView.as_view()),
]
