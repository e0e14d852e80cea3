"""The documented templates of the imports of members and of gifts."""

import io

import xlsxwriter

from ...subscription.imports.import_template import WIDTH, guide_sheet
from .columns import SUBJECTS, SYNONYMS

ROWS = 2000  # rows with drop-down lists


def member_template(env, subject, company):
    """Return the template (xlsx): a sheet to fill in with lists of what is known in
    the association, and a sheet of explanations, in the user's language."""
    columns = SUBJECTS[subject]
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True, "bg_color": "#E8EEF4", "text_wrap": True})
        must = book.add_format({"bold": True, "bg_color": "#FCE8B2", "text_wrap": True})
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        grey = book.add_format({"font_color": "#8A8A8A", "italic": True})
        sheet = book.add_worksheet(_sheet_name(env, subject))
        sheet.freeze_panes(1, 0)
        lists = _lists(env, subject, company)
        for place, column in enumerate(columns):
            label = str(env._(column.label))
            sheet.set_column(
                place,
                place,
                max(WIDTH, len(label) * 0.9),
                day if column.kind == "date" else None,
            )
            sheet.write_string(0, place, label, must if column.required else bold)
            sheet.write_comment(0, place, str(env._(column.help)))
            sheet.write_string(1, place, _example(env, column, lists), grey)
            if lists.get(column.name):
                sheet.data_validation(
                    1,
                    place,
                    ROWS,
                    place,
                    {"validate": "list", "source": lists[column.name][:20]},
                )
        guide_sheet(book, columns, _notes(env, subject), env)
    return buffer.getvalue()


def _sheet_name(env, subject):
    return env._("Members") if subject == "members" else env._("Gifts")


def _example(env, column, lists):
    known = lists.get(column.name)
    return known[0] if known else column.example


def _lists(env, subject, company):
    """Return ``{column: values}`` of the drop-down lists, short enough for a list."""
    in_company = [("company_id", "in", (False, company.id))]
    plans = env["recurring.plan"].search([("rr_kind", "=", "membership"), *in_company])
    lists = {
        "category": env["recurring.membership.category"]
        .search(in_company)
        .mapped("name"),
        "plan": plans.mapped("name"),
    }
    for name, words in SYNONYMS.items():
        french = (env.lang or "").startswith("fr")
        lists[name] = [
            known[1 if french and len(known) > 1 else 0] for known in words.values()
        ]
    # The list of a spreadsheet holds 255 letters, and no comma in a value.
    return {
        name: values
        for name, values in lists.items()
        if values and len(",".join(values)) <= 255 and not any("," in v for v in values)
    }


def _notes(env, subject):
    row = (
        env._("The row of examples is to be replaced. One row is one member.")
        if subject == "members"
        else env._("The row of examples is to be replaced. One row is one gift.")
    )
    return (
        row,
        env._(
            "Columns may be left out or put in another order; headings of your own are "
            "mapped on screen. A column whose heading starts with # is not read."
        ),
        env._(
            "Days are written as 31/12/2025 or 2025-12-31, amounts as 1 234,56 or "
            "1234.56; formulas are refused."
        ),
        env._(
            "Importing the same file again adds nothing: rows that were imported are "
            "left as they are."
        ),
    )
