"""Files that a user computed, handed out to whoever may read them."""

from odoo.http import content_disposition, request

from .import_template import XLSX


def readable(model, record_id):
    """Return a record that the user may read; raise where there is none."""
    record = request.env[model].browse(record_id).exists()
    if not record:
        raise request.not_found()
    record.check_access("read")
    return record


def xlsx_file(content, name):
    """Return the response that downloads a workbook under a name."""
    return request.make_response(
        content,
        headers=[
            ("Content-Type", XLSX),
            ("Content-Disposition", content_disposition(name)),
        ],
    )
