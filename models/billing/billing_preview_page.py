"""The preview of a billing run in words, amounts with their currency."""

from odoo import api, fields, models
from odoo.tools import SQL, format_date, format_datetime, formatLang

from ..catalog.texts import money
from .billing_run_preview import READERS


class RecurringBillingRun(models.Model):
    _inherit = "recurring.billing.run"

    preview_html = fields.Html(
        compute="_compute_preview_html", sanitize=False, groups=READERS
    )

    @api.depends("preview", "state")
    @api.depends_context("lang")
    def _compute_preview_html(self):
        for run in self:
            sums = run.preview
            run.preview_html = bool(sums and sums["made_at"]) and self.env[
                "ir.qweb"
            ]._render("recurring_revenue.billing_preview", run._preview_values(sums))

    def _preview_values(self, sums):
        """Return what the preview's template shows, every amount and date as text."""
        own = self.company_id.currency_id
        # Once the run is over, its own problems count, not those it expected.
        over = self.state in ("stopped", "done")
        return {
            "counts": self._preview_counts(sums),
            "made": self.env._(
                "Preview of %s. Nothing was written or sent.",
                format_datetime(self.env, sums["made_at"], dt_format="short"),
            ),
            "totals": self._preview_totals(sums),
            "compared": self._preview_compared(sums),
            "problems": [] if over else sums["problems"],
            "problem_title": self._problem_title(sums["problem_count"]),
            "more_problems": sums["problem_count"] - len(sums["problems"]),
            "vat": self._preview_vat(sums, own),
            "documents": [self._document_row(row) for row in sums["documents"]],
            "more_documents": self._more_documents(sums),
        }

    def _preview_counts(self, sums):
        texts = [
            (self.env._("Subscriptions"), sums["subscriptions"]),
            (self.env._("Invoices"), sums["invoices"]),
            (self.env._("Credit notes"), sums["credit_notes"]),
            (self.env._("Nothing to invoice"), sums["without"]),
            (self.env._("Problems"), sums["problem_count"]),
        ]
        return [
            (label, formatLang(self.env, count, digits=0))
            for label, count in texts[:2] + [text for text in texts[2:] if text[1]]
        ]

    def _preview_totals(self, sums):
        """Return one row per currency, and one for all where they are several."""
        own = self.company_id.currency_id
        currencies = self.env["res.currency"]
        rows = []
        for key, amounts in sums["currencies"].items():
            currency = currencies.browse(int(key))
            rows.append(
                (
                    currency.name,
                    [money(self.env, amount, currency) for amount in amounts],
                )
            )
        foreign = set(sums["currencies"]) - {str(own.id)}
        if foreign or not rows:
            label = self.env._("In all, in %s", own.name) if rows else own.name
            rows.append(
                (label, [money(self.env, amount, own) for amount in sums["company"]])
            )
        return rows

    def _preview_vat(self, sums, own):
        rows = []
        for key, (base, tax) in sums["vat"].items():
            country_id, _separator, rates = key.partition("|")
            country = self.env["res.country"].browse(int(country_id or 0))
            rows.append(
                (
                    country.name or "",
                    self._rates_text(rates),
                    money(self.env, base, own),
                    money(self.env, tax, own),
                )
            )
        return sorted(rows)

    def _rates_text(self, rates):
        if rates == "-":
            return self.env._("No tax")
        texts = []
        for rate in rates.split(" + "):
            try:
                texts.append(
                    f"{formatLang(self.env, float(rate), digits=_digits(rate))} %"
                )
            except ValueError:
                texts.append(rate)
        return " + ".join(texts)

    def _document_row(self, row):
        currency = self.env["res.currency"].browse(row["currency"])
        sign = -1 if row["refund"] else 1
        text = row["text"]
        if row["more_lines"]:
            text = self.env._(
                "%(text)s and %(count)s more", text=text, count=row["more_lines"]
            )
        return {
            **row,
            "kind": self.env._("Credit note") if row["refund"] else "",
            "text": text,
            "untaxed": money(self.env, sign * row["amounts"][0], currency),
            "taxed": money(self.env, sign * row["amounts"][2], currency),
        }

    def _more_documents(self, sums):
        more = sums["invoices"] + sums["credit_notes"] - len(sums["documents"])
        if not more:
            return ""
        return self.env._("and %s smaller ones", formatLang(self.env, more, digits=0))

    def _problem_title(self, count):
        if count == 1:
            return self.env._("1 subscription cannot be billed. The others can.")
        return self.env._("%s subscriptions cannot be billed. The others can.", count)

    # ------------------------------------------------------------------
    # Compared with the last run
    # ------------------------------------------------------------------

    def _preview_compared(self, sums):
        """Return e.g. "Last: RUN/2026/0003, 211 invoices ... Since then: +3 new"."""
        counted = [
            (sums["new"], self.env._("+%s new", self._number(sums["new"]))),
            (
                sums["prorated"],
                self.env._("%s prorated", self._number(sums["prorated"])),
            ),
            (
                sums["credited"],
                self.env._("%s credited", self._number(sums["credited"])),
            ),
        ]
        last = self._last_run()
        if last:
            gone = self._gone_since(last)
            counted.insert(1, (gone, self.env._("-%s gone", self._number(gone))))
        since = ", ".join(text for count, text in counted if count)
        if not last:
            return since
        values = {
            "name": last.name,
            "date": format_date(self.env, last.date),
            "invoices": self._number(last.invoice_count),
            "amount": money(self.env, last.amount_untaxed, last.currency_id),
        }
        if last.invoice_count == 1:
            text = self.env._(
                "Last billing, %(name)s up to %(date)s: 1 invoice, %(amount)s before "
                "tax.",
                **values,
            )
        else:
            text = self.env._(
                "Last billing, %(name)s up to %(date)s: %(invoices)s invoices, "
                "%(amount)s before tax.",
                **values,
            )
        since = since or self.env._("nothing new")
        this_time = self.env._("This time: %s.", since)
        return f"{text} {this_time}"

    def _number(self, count):
        return formatLang(self.env, count, digits=0)

    def _last_run(self):
        """Return the company's last finished run that billed something."""
        return self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "=", "done"),
                ("id", "!=", self._origin.id),
                ("batch_ids.subscription_done", ">", 0),
            ],
            order="ended_at DESC",
            limit=1,
        )

    def _gone_since(self, last):
        """Count the subscriptions that ``last`` billed and that have ended by now."""
        return self.env.execute_query(
            SQL(
                """
                SELECT COUNT(*) FROM recurring_subscription s
                 WHERE (s.state = 'closed' OR s.end_date <= %s)
                   AND EXISTS (SELECT 1 FROM recurring_billed_item i
                                WHERE i.subscription_id = s.id AND i.run_id = %s)
                """,
                self.date,
                last.id,
            )
        )[0][0]


def _digits(number):
    """Return how many decimals a number written as text has."""
    return len(number.partition(".")[2])
