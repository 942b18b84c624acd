from django.apps import AppConfig


class TradeConfig(AppConfig):
    name = "abs_platform.trade"
    label = "trade"
