"""Everything that is known of a person, handed out (GDPR, articles 15 and 20)."""

import io
import json
import zipfile
from datetime import date, datetime

from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import html2plaintext

from ...subscription.imports.import_template import xlsx_tables

# What is handed out: title, model, the fields that name the person, what is told.
SECTIONS = (
    (
        "memberships",
        "recurring.membership",
        ("partner_id", "payer_id", "guardian_id", "representative_id"),
    ),
    ("dues", "recurring.dues", ("payer_id",)),
    (
        "periods",
        "recurring.dues.line",
        ("membership_id.partner_id", "dues_id.payer_id"),
    ),
    ("contributions", "recurring.contribution", ("partner_id", "joint_partner_id")),
    (
        "contribution_lines",
        "recurring.contribution.line",
        ("contribution_id.partner_id", "contribution_id.joint_partner_id"),
    ),
    ("consents", "recurring.consent", ("partner_id", "given_by_id")),
    ("tax_receipts", "recurring.tax.receipt", ("partner_id", "joint_partner_id")),
    ("subscriptions", "recurring.subscription", ("partner_id",)),
    (
        "requests",
        "recurring.join.request",
        ("contact_id", "person_ids.membership_id.partner_id"),
    ),
    ("instalments", "recurring.dues.instalment", ("partner_id", "dues_id.payer_id")),
    ("reminders", "recurring.renewal.notice", ("membership_id.partner_id", "payer_id")),
    ("gift_pledges", "recurring.gift.pledge", ("partner_id",)),
    ("waivers", "recurring.expense.waiver", ("partner_id",)),
    ("waiver_lines", "recurring.expense.waiver.line", ("waiver_id.partner_id",)),
    (
        "proxies",
        "recurring.assembly.proxy",
        ("giver_id.partner_id", "holder_id.partner_id"),
    ),
)
# Nothing of the person: bookkeeping of the database.
LEFT_OUT = ("message_", "activity_", "my_activity_", "website_message_", "rating_")
PERSON = (
    "name",
    "email",
    "phone",
    "street",
    "street2",
    "zip",
    "city",
    "country_id",
    "lang",
    "vat",
    "rr_birthdate",
    "comment",
    "create_date",
)


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_rr_person_data(self):
        """Hand out everything that this addon knows of the person, as a ZIP."""
        self.ensure_one()
        self._check_person_data()
        return {
            "type": "ir.actions.act_url",
            "url": f"/recurring_revenue/person/{self.id}",
            "target": "self",
        }

    def _check_person_data(self):
        if not self.env.su and not self.env.user.has_group(
            "recurring_revenue.group_treasurer"
        ):
            raise AccessError(
                self.env._("Only treasurers and administrators hand out the data.")
            )
        self.check_access("read")

    def _person_zip(self):
        """Return the ZIP (bytes): data.json, data.xlsx and the files of receipts.

        It holds what the user may see; that it was handed out is put on record.
        """
        self.ensure_one()
        self._check_person_data()
        data = self._person_data()
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            text = json.dumps(data, ensure_ascii=False, indent=2)
            archive.writestr("data.json", text)
            archive.writestr("data.xlsx", self._person_xlsx(data))
            for attachment in self._person_files():
                archive.writestr(
                    f"files/{attachment.id}-{_safe(attachment.name)}", attachment.raw
                )
        count = sum(len(rows) for rows in data.values() if isinstance(rows, list))
        self.env["recurring.privacy.log"]._record(
            "export", count, self.env._("Records handed out"), partner=self
        )
        return buffer.getvalue()

    def _person_data(self):
        """Return ``{section: rows}``: each row ``{field: value}`` in plain values."""
        person = {name: _plain(self, name) for name in PERSON if name in self._fields}
        data = {
            "handed_out_on": fields.Datetime.now().isoformat(),
            "association": self.env.company.name,
            "person": [person],
        }
        for title, model, paths in SECTIONS:
            records = self._named_in(model, paths)
            data[title] = [_told(record) for record in records]
        data["messages"] = self._messages()
        return data

    def _named_in(self, model, paths):
        """Return the records that name this person and that the user may see."""
        records = self.env[model]
        if not records.has_access("read"):
            return records
        domain = ["|"] * (len(paths) - 1) + [(path, "=", self.id) for path in paths]
        return records.search(domain, order="id")

    def _messages(self):
        rows = []
        found = [("res.partner", self)] + [
            (model, self._named_in(model, paths))
            for _title, model, paths in SECTIONS
            if "message_ids" in self.env[model]._fields
        ]
        for model, records in found:
            messages = self.env["mail.message"].search(
                [
                    ("model", "=", model),
                    ("res_id", "in", records.ids),
                    ("message_type", "!=", "user_notification"),
                ],
                order="id",
            )
            rows += [
                {
                    "date": message.date.isoformat(),
                    "about": message.record_name or "",
                    "author": message.author_id.name or "",
                    "subject": message.subject or "",
                    "text": html2plaintext(message.body or ""),
                }
                for message in messages
            ]
        return rows

    def _person_files(self):
        found = [
            self._named_in("recurring.tax.receipt", ("partner_id", "joint_partner_id")),
            self._named_in("recurring.membership", ("partner_id",)),
            self._named_in("recurring.contribution", ("partner_id",)),
            self._named_in("recurring.expense.waiver", ("partner_id",)),
            self._named_in("recurring.expense.waiver.line", ("waiver_id.partner_id",)),
        ]
        files = Domain.OR(
            Domain("res_model", "=", records._name)
            & Domain("res_id", "in", records.ids)
            for records in found
        )
        return self.env["ir.attachment"].search(files & Domain("type", "=", "binary"))

    def _person_xlsx(self, data):
        """Return the same as a workbook to read: a sheet a section."""
        titles = {
            "person": self.env._("Person"),
            "memberships": self.env._("Memberships"),
            "dues": self.env._("Calls for dues"),
            "periods": self.env._("Periods"),
            "contributions": self.env._("Money received"),
            "contribution_lines": self.env._("What it was for"),
            "consents": self.env._("Consents"),
            "tax_receipts": self.env._("Tax receipts"),
            "subscriptions": self.env._("Subscriptions"),
            "requests": self.env._("Requests to join"),
            "instalments": self.env._("Instalments"),
            "reminders": self.env._("Reminders"),
            "gift_pledges": self.env._("Recurring gifts"),
            "waivers": self.env._("Waived expenses"),
            "waiver_lines": self.env._("What was spent"),
            "proxies": self.env._("Proxies"),
            "messages": self.env._("Messages"),
        }
        sheets = []
        for section, title in titles.items():
            rows = data[section]
            names = list(dict.fromkeys(name for row in rows for name in row))
            model = next((m for t, m, _p in SECTIONS if t == section), "res.partner")
            known = self.env[model]._fields
            heads = [
                known[name]._description_string(self.env)
                if name in known and section != "messages"
                else name
                for name in names
            ]
            table = [[_text(row.get(name)) for name in names] for row in rows]
            sheets.append(
                (title, [heads, *table] if rows else [[self.env._("Nothing")]])
            )
        return xlsx_tables(sheets)


def _told(record):
    """Return what is told of a record: its stored values, in plain words."""
    return {
        name: _plain(record, name)
        for name, field in record._fields.items()
        if field.store
        and field.type not in ("one2many", "many2many", "binary", "json")
        and not name.startswith(LEFT_OUT)
        and name not in ("write_uid", "write_date", "create_uid", "access_token")
        and (not field.groups or record.env.user.has_groups(field.groups))
    }


def _plain(record, name):
    value, field = record[name], record._fields[name]
    if isinstance(value, models.BaseModel):
        # sudo: the name of what a record of the person names.
        return value.sudo().display_name or None
    if isinstance(value, date | datetime):
        return value.isoformat()
    if field.type == "selection" and value:
        return dict(field._description_selection(record.env)).get(value, value)
    if value is False and field.type != "boolean":
        return None
    return value


def _text(value):
    return "" if value is None else str(value)


def _safe(name):
    return "".join(c if c.isalnum() or c in " ._-" else "_" for c in name or "file")
