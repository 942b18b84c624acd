from django.urls import path

from abs_platform.financing.api import dues

urlpatterns = [
    path("financing/dues", dues.DuesView.as_view()),
    path("financing/dues/calendar", dues.CalendarView.as_view()),
]
