"""What the paper of a receipt says: boxes, amounts, marks, in the donor's language."""

from odoo import api, fields, models
from odoo.tools import format_date, formatLang

from ....engine.gifts import ZERO
from ...exact import exact
from ...tax.company_legal import spaced
from ..selections import FORMS, NATURES

# How a form groups the ways in which money comes.
BOXES = (
    ("cash", ("cash",)),
    ("cheque", ("cheque",)),
    ("transfer", ("transfer", "debit", "card")),
)

WAIVERS = 6  # renunciations of expenses that are described one by one
LISTED = 24  # days with gifts of a year that are listed one by one
ONLY_PERSONS = {"income", "expenses"}  # natures of gifts that companies do not make


class RecurringTaxReceipt(models.Model):
    _inherit = "recurring.tax.receipt"

    is_out = fields.Boolean(
        string="Handed Over",
        compute="_compute_is_out",
        help="It was printed or e-mailed on an earlier day: whoever needs it again "
        "gets a duplicate with the same number.",
    )

    @api.depends("printed_on", "sent_on")
    def _compute_is_out(self):
        for receipt in self:
            today = fields.Datetime.now().date()
            days = [day.date() for day in (receipt.printed_on, receipt.sent_on) if day]
            receipt.is_out = any(day < today for day in days)

    def _paper(self):
        """Return what the template prints, as texts in the receipt's language."""
        self.ensure_one()
        # sudo: a donor who may read the receipt may read what stands on it.
        own = self.sudo().with_context(lang=self.lang)
        kind = own._kind_amount()
        return {
            "template": own.model_id.template,
            "lang": own.lang,
            "form": own._form_text(),
            "title": own.model_id.name,
            "said": own.model_id._said(),
            "notes": own.model_id.clause_ids.filtered(lambda one: one.kind == "note"),
            "articles": [
                (clause.text, clause == own.article_id)
                for clause in own.model_id.clause_ids
                if clause.kind == "article"
            ],
            "issuer": own.issuer_id,
            "basis": own._basis_text(),
            "siren": own.donor_siren and spaced(own.donor_siren),
            "amount": own._framed(own.amount),
            "words": own.amount_words,
            "kind": kind and (own._framed(kind), own._words(kind)),
            "is_kind": not set(own.line_ids.mapped("nature")) - {"money", "kind"},
            "paid": kind
            and kind < own.amount
            and (own._framed(own.amount - kind), own._words(own.amount - kind)),
            "dates": own._dates_text(),
            "gifts": own._listed(),
            "forms": own._ticked(FORMS, "gift_form"),
            "natures": own._nature_boxes(),
            "modes": own._mode_boxes(),
            "lines": own._in_kind(),
            "issued_on": format_date(own.env, own.issued_on, lang_code=own.lang),
            "mark": own._mark(),
        }

    def _file_name(self):
        """Return the name of the file, in the language of the receipt."""
        self.ensure_one()
        own = self.with_context(lang=self.lang)
        return own.env._("Tax receipt %s", self.name)

    def _form_text(self):
        """Return how the official form is called whose mentions the receipt has."""
        model = self.model_id
        parts = (model.form_number and f"Cerfa {model.form_number}", model.form_name)
        return " - ".join(part for part in parts if part)

    def _framed(self, amount):
        """Return an amount between asterisks, so that nobody adds a digit."""
        text = formatLang(
            self.env, amount, digits=self.currency_id.decimal_places, grouping=True
        )
        return f"***{text} {self.currency_id.symbol}***"

    def _basis_text(self):
        issuer = self.issuer_id
        if issuer.basis == "other":
            return issuer.law
        field = issuer._fields["basis"]
        return dict(field._description_selection(self.env))[issuer.basis]

    def _dates_text(self):
        """Say when it was given, in the language of who reads: of the donor on paper,
        of the treasurer in the register."""
        first, last = (
            format_date(self.env, day) for day in (self.date_from, self.date_to)
        )
        if first == last:
            return first
        values = {
            "count": len(self.line_ids.contribution_id),
            "first": first,
            "last": last,
        }
        if self._kind_amount():
            return self.env._(
                "%(count)s gifts and payments from %(first)s to %(last)s", **values
            )
        return self.env._("%(count)s payments from %(first)s to %(last)s", **values)

    def _listed(self):
        """Return what was given on each day, as long as it fits on the page."""
        given = {}
        for line in self.line_ids:
            given[line.date] = given.get(line.date, ZERO) + exact(line.amount)
        if not 1 < len(given) <= LISTED:
            return []
        return [
            (
                format_date(self.env, day, lang_code=self.lang),
                self.currency_id.format(float(amount)),
            )
            for day, amount in sorted(given.items())
        ]

    def _ticked(self, selection, name):
        """Return [(words, whether a gift is one)] of all choices of a field."""
        own = set(self.line_ids.mapped(name))
        field = self.line_ids._fields[name]
        words = dict(field._description_selection(self.env))
        return [(words[key], key in own) for key, _ in selection]

    def _nature_boxes(self):
        """Return the choices of nature; those of companies are others by their form:
        no expenses of volunteers, but staff."""
        if self.donor_kind != "company":
            return self._ticked(NATURES, "nature")
        own = set(self.line_ids.mapped("nature"))
        natures = [row for row in NATURES if row[0] not in ONLY_PERSONS - own]
        boxes = dict(self._ticked(natures, "nature"))
        field = self.line_ids._fields["nature"]
        kind = dict(field._description_selection(self.env))["kind"]
        boxes.pop(kind)
        return [
            *boxes.items(),
            (self.env._("Goods, services, staff on secondment"), "kind" in own),
        ]

    def _mode_boxes(self):
        modes = set(self.line_ids.mapped("mode"))
        words = {
            "cash": self.env._("Cash"),
            "cheque": self.env._("Cheque"),
            "transfer": self.env._("Transfer, direct debit, card"),
        }
        return [(words[key], bool(modes & set(ways))) for key, ways in BOXES]

    def _in_kind(self):
        """Return [(what, amount)] of what was not given in money; many renunciations
        of one volunteer in a row of their own, so that one page is enough."""
        waived = self.line_ids.filtered(lambda line: line.nature == "expenses")
        if len(waived) <= WAIVERS:
            waived = waived.browse()
        rows = [
            (line.name, self.currency_id.format(line.amount))
            for line in self.line_ids - waived
            if line.nature != "money"
        ]
        if waived:
            amount = sum((exact(line.amount) for line in waived), ZERO)
            text = self.env._(
                "Expenses of a volunteer, waived by %s renunciations", len(waived)
            )
            rows.append((text, self.currency_id.format(float(amount))))
        return rows

    def _mark(self):
        """Return what is stamped on the paper, and its sentence."""
        if self.state == "cancelled":
            text = self.env._(
                "Cancelled on %(day)s: %(reason)s.",
                day=format_date(self.env, self.cancelled_on, lang_code=self.lang),
                reason=self.cancel_reason.rstrip("."),
            )
            if self.replaced_by_id:
                text += " " + self.env._(
                    "Replaced by receipt %s.", self.replaced_by_id.name
                )
            return self.env._("CANCELLED"), text
        if self.duplicate_count:
            return self.env._("DUPLICATE"), ""
        return None

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_print(self):
        """Print receipts, several of them in the background. What was handed over on
        an earlier day is printed as a duplicate, and counted."""
        self.check_access("write")
        self.filtered("is_out")._note_duplicate()
        if len(self) > 1:
            return self._hand_over()
        self._note_printed()
        return self._report()

    def action_duplicate(self):
        """Print duplicates, whenever the receipts were handed over."""
        self.check_access("write")
        self._note_duplicate()
        return self._report() if len(self) == 1 else self._hand_over()

    def _report(self):
        report = self.env.ref("recurring_revenue.action_report_tax_receipt")
        return report.report_action(self, config=False)

    def _hand_over(self, template=None):
        """Make the papers one by one in the background, and open that job.

        :param template: the e-mail that brings each to its donor; None to print them
        """
        run = self.env["recurring.print.run"]._start(
            self.env._("Tax receipts"),
            "recurring_revenue.action_report_tax_receipt",
            self,
            template=template,
        )
        return run._form_action()

    def action_send(self):
        """Write the e-mail that brings the receipt to its donor."""
        self.ensure_one()
        template = self.env.ref("recurring_revenue.mail_template_tax_receipt")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send by E-mail"),
            "res_model": "mail.compose.message",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_template_id": template.id,
                "default_composition_mode": "comment",
                "default_email_layout_xmlid": "mail.mail_notification_light",
                "mark_tax_receipt_sent": True,
            },
        }

    def message_post(self, **kwargs):
        """Note that a receipt was e-mailed, where the composer did it."""
        message = super().message_post(**kwargs)
        if self.env.context.get("mark_tax_receipt_sent"):
            self._note_sent()
        return message

    def action_open_contributions(self):
        """Open the contributions that this receipt certifies."""
        self.ensure_one()
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Contributions of receipt %s", self.name),
            "res_model": "recurring.contribution",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", self.line_ids.contribution_id.ids)],
        }
        return action
