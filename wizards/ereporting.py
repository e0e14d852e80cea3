"""The figures of e-reporting as files, for a period."""

import base64
import csv
import io
import zipfile

import xlsxwriter
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.einvoice.ereporting import CASHED

PLATFORM = "l10n_fr_pdp"
WIDTH = 18


class RecurringEreportingExport(models.TransientModel):
    """A period, and the files with what is to be reported of it."""

    _name = "recurring.ereporting.export"
    _description = "E-reporting Files"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    date_from = fields.Date(
        string="From", required=True, default=lambda self: self._last_month()[0]
    )
    date_to = fields.Date(
        string="To (included)",
        required=True,
        default=lambda self: self._last_month()[1],
    )
    has_platform = fields.Boolean(compute="_compute_has_platform")
    file = fields.Binary(readonly=True, attachment=False)
    filename = fields.Char(readonly=True)

    @api.model
    def _last_month(self):
        first = fields.Date.context_today(self).replace(day=1)
        return first - relativedelta(months=1), first - relativedelta(days=1)

    def _compute_has_platform(self):
        self.has_platform = PLATFORM in self.env.registry._init_modules

    def action_workbook(self):
        """Download a workbook with a sheet for each table.

        :raise UserError: when the period ends before it begins
        """
        name = self._file_name("xlsx")
        return self._download(name, _workbook(self._tables()))

    def action_csv(self):
        """Download an archive with a CSV file for each table (UTF-8, ``;``)."""
        name = self._file_name("zip")
        return self._download(name, _archive(self._tables()))

    def _file_name(self, extension):
        self.ensure_one()
        if self.date_to < self.date_from:
            raise UserError(self.env._("The period ends before it begins."))
        return f"e-reporting_{self.date_from}_{self.date_to}.{extension}"

    def _download(self, name, content):
        self.write({"file": base64.b64encode(content), "filename": name})
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/file/{name}?download=true",
            "target": "download",
        }

    # ------------------------------------------------------------------
    # Tables
    # ------------------------------------------------------------------

    def _tables(self):
        """Return ``{name: rows}``, the first row with the titles."""
        figures = self.env["recurring.ereporting"]._figures(
            self.company_id, self.date_from, self.date_to
        )
        return {
            self.env._("Sales"): self._summed(figures.sales),
            self.env._("Invoices Abroad"): self._abroad(figures.abroad),
            self.env._("Payments"): self._summed(figures.payments),
            self.env._("Corrections"): self._corrections(figures.corrections),
            self.env._("Cashed"): self._cashed(figures.cashed),
        }

    def _titles(self):
        return [
            self.env._("Day"),
            self.env._("Customers"),
            self.env._("Category"),
            self.env._("Country"),
            self.env._("VAT Rate (%)"),
            self.env._("Documents"),
            self.env._("Before Tax"),
            self.env._("VAT"),
            self.env._("Currency"),
        ]

    def _kinds(self):
        return {
            "consumer": self.env._("Consumers"),
            "abroad": self.env._("Businesses abroad"),
        }

    def _key_cells(self, key):
        kind = self._kinds()[key.kind]
        return [key.day, kind, key.category, key.country, key.rate]

    def _summed(self, rows):
        currency = self.company_id.currency_id.name
        return [
            self._titles(),
            *(
                [
                    *self._key_cells(key),
                    len(row.documents),
                    row.base,
                    row.vat,
                    currency,
                ]
                for key, row in rows.items()
            ),
        ]

    def _abroad(self, abroad):
        """The documents to businesses abroad, which are reported one by one."""
        currency = self.company_id.currency_id.name
        titles = [
            self.env._("Document"),
            self.env._("Customer"),
            self.env._("VAT Number"),
            self.env._("Day"),
            self.env._("Category"),
            self.env._("Country"),
            self.env._("VAT Rate (%)"),
            self.env._("Before Tax"),
            self.env._("VAT"),
            self.env._("Currency"),
        ]
        rows = [
            [
                document.name,
                document.commercial_partner_id.name,
                document.commercial_partner_id.vat or "",
                key.day,
                key.category,
                key.country,
                key.rate,
                base,
                vat,
                currency,
            ]
            for document, key, base, vat in abroad
        ]
        return [titles, *rows]

    def _corrections(self, corrections):
        parts = {"sales": self.env._("Sales"), "payments": self.env._("Payments")}
        currency = self.company_id.currency_id.name
        titles = [
            self.env._("Part"),
            self.env._("Document"),
            self.env._("Corrects"),
            self.env._("Of"),
        ]
        return [
            [*titles, *self._titles()],
            *(
                [
                    parts[part],
                    document.name,
                    corrected.name,
                    day,
                    *self._key_cells(key),
                    len(row.documents),
                    row.base,
                    row.vat,
                    currency,
                ]
                for part, document, corrected, day, key, row in corrections
            ),
        ]

    def _cashed(self, cashed):
        """The status "encaissée" of invoices that a platform has passed on."""
        seller = self.company_id.partner_id._rr_einvoice_siren()
        currency = self.company_id.currency_id.name
        titles = [
            self.env._("Invoice"),
            self.env._("Invoice Date"),
            self.env._("Seller's SIREN"),
            self.env._("Customer's SIREN"),
            self.env._("Status"),
            self.env._("Cashed On"),
            self.env._("VAT Rate (%)"),
            self.env._("Before Tax"),
            self.env._("VAT"),
            self.env._("Cashed, Tax Included"),
            self.env._("Currency"),
        ]
        return [
            titles,
            *(
                [
                    invoice.name,
                    invoice.invoice_date,
                    seller,
                    invoice.commercial_partner_id._rr_einvoice_siren(),
                    CASHED,
                    day,
                    rate,
                    base,
                    vat,
                    base + vat,
                    currency,
                ]
                for invoice, day, rate, base, vat in cashed
            ),
        ]


def _workbook(tables):
    buffer = io.BytesIO()
    options = {"in_memory": True, "default_date_format": "yyyy-mm-dd"}
    with xlsxwriter.Workbook(buffer, options) as book:
        bold = book.add_format({"bold": True, "bg_color": "#E8EEF4"})
        for name, rows in tables.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, len(rows[0]) - 1, WIDTH)
            sheet.write_row(0, 0, rows[0], bold)
            for number, cells in enumerate(rows[1:], 1):
                for column, cell in enumerate(cells):
                    if isinstance(cell, str):
                        # As text, so that nothing becomes a formula.
                        sheet.write_string(number, column, cell)
                    else:
                        sheet.write(number, column, cell)
    return buffer.getvalue()


def _archive(tables):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in tables.items():
            text = io.StringIO()
            csv.writer(text, delimiter=";").writerows(rows)
            archive.writestr(f"{name}.csv", text.getvalue().encode("utf-8-sig"))
    return buffer.getvalue()
