from typing import Any

from django.db import migrations

from abs_platform.core.units import unit_code, unit_of

# Was taken for ten million square metres, which it is not.
_NO_AREA = {"unit": "MTK", "factor": 10_000_000}


def _name_anew(apps: Any, schema_editor: Any) -> None:  # Any: Django's own
    """Lines whose unit was not known in the form that they write it, or was taken for another, as they are noted now."""
    lines = apps.get_model("trade", "MatchLine").objects
    changed = set(lines.filter(**_NO_AREA).values_list("trade_id", flat=True))
    lines.filter(**_NO_AREA).update(unit="H35", factor=1)
    for code, factor in list(lines.exclude(unit="").values_list("unit", "factor").distinct()):
        unit = unit_of(unit_code(code))
        if unit.base[:20] != code:
            written_so = lines.filter(unit=code, factor=factor)
            changed |= set(written_so.values_list("trade_id", flat=True))
            written_so.update(unit=unit.base[:20], factor=factor * unit.factor)
    if changed:
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM trade_match(%s::uuid[])", [sorted(changed)])


class Migration(migrations.Migration):
    dependencies = [("trade", "0010_used_again_by")]

    operations = [migrations.RunPython(_name_anew, migrations.RunPython.noop)]
