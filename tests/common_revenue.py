"""A company that defers revenue, its accounts, and what closing a month says."""

from datetime import date
from unittest.mock import patch

from odoo import Command, fields

from .common_billing import BillingCommon


class RevenueCommon(BillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        chart = f"account.{cls.company.id}_"
        cls.deferred = cls.env.ref(f"{chart}pcg_487")
        cls.deferred.reconcile = True
        vat = cls.env.ref(f"{chart}pcg_44571")
        lines = (cls.tax | cls.tax_included).repartition_line_ids
        lines.filtered(lambda line: line.repartition_type == "tax").account_id = vat
        cls.journal = cls.env["account.journal"].create(
            {"name": "Revenue", "code": "REV", "type": "general"}
        )
        cls.company.write(
            {
                "rr_deferred_account_id": cls.deferred.id,
                "rr_revenue_journal_id": cls.journal.id,
            }
        )
        cls.policy = cls._policy()

    @classmethod
    def _policy(cls, day="2020-01-01", nature=None, **values):
        return cls.env["recurring.revenue.policy"].create(
            {
                "company_id": cls.company.id,
                "date_from": day,
                "nature_id": nature and cls._revenue_nature(nature).id,
                "justification": "Served evenly.",
                **values,
            }
        )

    @classmethod
    def _revenue_nature(cls, code):
        return cls.env.ref(f"recurring_revenue.nature_{code}")

    @classmethod
    def _yearly(cls, price=1200.0, **version):
        """Return a plan of a year in advance."""
        return cls._plan(
            "Year",
            [{"unit_price": price, "product_id": cls._product("Year").id}],
            interval_count=1,
            interval_unit="year",
            **version,
        )

    @classmethod
    def _invoice(cls, day, amount=1200.0, first=None, last=None, post=True, **values):
        """Return an invoice typed by hand, with or without a service period."""
        move = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": cls.customer.id,
                "invoice_date": day,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": cls._product("Service").id,
                            "quantity": 1,
                            "price_unit": amount,
                            "deferred_start_date": first,
                            "deferred_end_date": last,
                        }
                    )
                ],
                **values,
            }
        )
        if post:
            move._post(soft=False)
        return move

    @classmethod
    def _credit_note(
        cls, move, day, amount=None, cause=None, since=None, post=True, **line
    ):
        """Return a credit note of an invoice by hand."""
        [credit] = move._reverse_moves(
            [
                {
                    "invoice_date": day,
                    "date": day,
                    "rr_credit_cause": cause,
                    "rr_credit_date": since,
                }
            ]
        )
        if amount is not None:
            credit.invoice_line_ids.write({"price_unit": amount})
        if line:
            credit.invoice_line_ids.write(line)
        if post:
            credit._post(soft=False)
        return credit

    @classmethod
    def _close(cls, month, company=None):
        """Close a month and return the run, all in this transaction."""
        run = cls.env["recurring.revenue.run"].create(
            {"month": f"{month}-01", "company_id": (company or cls.company).id}
        )
        with patch.object(
            type(run), "_commit_batch", lambda *args, **kwargs: float("inf")
        ):
            run.action_post()
            if run.state == "running":
                run._work()
        return run

    # ------------------------------------------------------------------
    # What the books say
    # ------------------------------------------------------------------

    def _balance(self, account, day=None):
        """Credit balance of an account, posted, up to a day (included)."""
        domain = [("account_id", "=", account.id), ("parent_state", "=", "posted")]
        if day:
            domain.append(("date", "<=", day))
        [(total,)] = self.env["account.move.line"]._read_group(
            domain, [], ["balance:sum"]
        )
        return round(-total, 2) or 0.0

    def _open(self, day=None):
        """What schedules say is deferred on a day: documents booked by then, less
        months booked by then."""
        day = fields.Date.to_date(day) if day else date.max
        schedules = self.env["recurring.revenue.schedule"].search(
            [("treatment", "=", "continuous"), ("booked_on", "<=", day)]
        )
        slices = self.env["recurring.revenue.slice"].search(
            [("schedule_id.treatment", "=", "continuous"), ("booked_on", "<=", day)]
        )
        total = sum(schedules.mapped("amount")) - sum(slices.mapped("amount"))
        return round(total, 2) or 0.0

    def _schedule(self, move):
        return self.env["recurring.revenue.schedule"].search(
            [("move_id", "=", move.id)]
        )

    def _months(self, schedule):
        """``{"2026-01": amount}`` of a family, what comes to nothing left out."""
        found = {}
        for part in schedule.root_id.family_ids.slice_ids.sorted("month"):
            key = str(part.month)[:7]
            found[key] = round(found.get(key, 0) + part.amount, 2)
        return {key: amount for key, amount in found.items() if amount}

    def assertAgrees(self, day=None):
        """The schedules and the deferred account say the same on a day."""
        self.assertEqual(self._open(day), self._balance(self.deferred, day))
