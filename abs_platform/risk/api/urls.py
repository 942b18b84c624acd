from django.urls import path

from abs_platform.risk.api import views

urlpatterns = [
    path("alerts", views.AlertsView.as_view()),
    path("alerts/<uuid:id>", views.AlertView.as_view()),
    path("alerts/<uuid:id>/acknowledge", views.AcknowledgeView.as_view()),
    path("alerts/<uuid:id>/close", views.CloseView.as_view()),
]
