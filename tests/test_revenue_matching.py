import random
from datetime import date

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from ..models.revenue.revenue_matching import plan, read_items
from .common_revenue_entries import LOGGER, NOVEMBER, RevenueEntriesCommon

DECEMBER, JANUARY = date(2026, 12, 31), date(2027, 1, 31)


@freeze_time("2027-02-03")
@tagged("post_install", "-at_install")
class TestRevenueMatching(RevenueEntriesCommon):
    def _recognise(self, deferred, amount, day=NOVEMBER, **values):
        """Book one line that recognises an invoice; return it."""
        line = self._line("a", amount, **values)
        opposite = self._line("r", -amount, self.income, partner_id=False)
        if "amount_currency" in values:
            opposite["amount_currency"] = -values["amount_currency"]
        currency = deferred.currency_id
        _move, ids = self._book([line, opposite], day=day, currency=currency)
        return self.env["account.move.line"].browse(ids["a"])

    def assertMatchedAlike(self, *steps, **invoice):
        """Match the same twice, fast and standard, step by step.

        :param steps: lists of (amount, day) or (amount, day, values of the line)
        :param invoice: the amount and other values of the invoice
        :return: the lines of the fast way, the invoice's first
        """
        sides = []
        for _side in "fast", "standard":
            deferred = self._deferred_line(**invoice)
            sides.append(deferred)
        for step in steps:
            new = [
                [
                    self._recognise(side[0], *spec[:2], **dict(*spec[2:]))
                    for spec in step
                ]
                for side in sides
            ]
            groups = [[sides[n][0].id, *(line.id for line in new[n])] for n in range(2)]
            with self.assertNoLogs(LOGGER, "INFO"):
                self.entry._reconcile([groups[0]])
            with self._standard():
                self.entry._reconcile([groups[1]])
            for n in range(2):
                sides[n] = self.env["account.move.line"].union(sides[n], *new[n])
            fast, standard = (self._matching(side) for side in sides)
            for left, right in zip(fast, standard, strict=True):
                self.assertEqual(left, right)
        return sides[0]

    # ------------------------------------------------------------------
    # The same rows as plain Odoo
    # ------------------------------------------------------------------

    def test_partial_then_full(self):
        # 345.96 over three months: 115.32 each
        lines = self.assertMatchedAlike(
            [(115.32, NOVEMBER)],
            [(115.32, DECEMBER)],
            [(115.32, JANUARY)],
            amount=345.96,
        )
        self.assertRecordValues(
            lines,
            [{"amount_residual": 0, "reconciled": True} for _line in lines],
        )
        full = lines.full_reconcile_id
        self.assertEqual(len(full), 1)
        self.assertEqual(set(lines.mapped("matching_number")), {str(full.id)})
        self.assertEqual(len(full.partial_reconcile_ids), 3)
        self.assertFalse(full.partial_reconcile_ids.exchange_move_id)

    def test_part_of_it(self):
        lines = self.assertMatchedAlike([(0.01, NOVEMBER)], amount=0.10)
        self.assertRecordValues(
            lines,
            [
                {"amount_residual": -0.09, "reconciled": False},
                {"amount_residual": 0, "reconciled": True},
            ],
        )
        number = f"P{lines[1].matched_credit_ids.id}"
        self.assertEqual(set(lines.mapped("matching_number")), {number})
        self.assertFalse(lines.full_reconcile_id)

    def test_several_months_at_once(self):
        lines = self.assertMatchedAlike(
            [(10, NOVEMBER), (10, DECEMBER), (10, JANUARY)], amount=120
        )
        self.assertEqual(lines[0].amount_residual, -90)

    def test_credit_note(self):
        lines = self.assertMatchedAlike([(-10, NOVEMBER)], amount=-30)
        self.assertRecordValues(
            lines,
            [{"amount_residual": 20}, {"amount_residual": 0}],
        )

    def test_more_than_there_is(self):
        # the rest stays open on the entry's line, as in Odoo
        lines = self.assertMatchedAlike([(20, NOVEMBER)], [(20, DECEMBER)], amount=30)
        self.assertEqual(lines.mapped("amount_residual"), [0, 0, 10])

    def test_no_partner_and_two_partners(self):
        self.assertMatchedAlike(
            [
                (10, NOVEMBER, {"partner_id": self.partner_b.id}),
                (10, NOVEMBER, {"partner_id": False}),
                (10, DECEMBER),
            ],
            amount=25,
        )

    def test_foreign_currency(self):
        # 833.34 EUR and 1,000.00 USD, 0.83334 each; by Odoo's own conversion of
        # 83.33 USD the first entry would keep a cent open
        steps = []
        for number in range(12):
            left = [round(total / 12 * number, 2) for total in (833.34, 1000)]
            right = [round(total / 12 * (number + 1), 2) for total in (833.34, 1000)]
            day = date(2026 + (10 + number) // 12, (10 + number) % 12 + 1, 28)
            amount = round(right[0] - left[0], 2)
            values = {"amount_currency": round(right[1] - left[1], 2)}
            steps.append([(amount, day, values)])
        rate = {"invoice_currency_rate": 1000 / 833.34}
        lines = self.assertMatchedAlike(
            *steps, amount=1000, currency=self.dollar, **rate
        )
        self.assertRecordValues(lines[0], [{"balance": -833.34}])
        self.assertEqual(set(lines.mapped("amount_residual")), {0})
        self.assertEqual(set(lines.mapped("amount_residual_currency")), {0})
        self.assertEqual(set(lines.mapped("reconciled")), {True})
        self.assertEqual(len(lines.full_reconcile_id), 1)
        partials = lines.matched_debit_ids | lines.matched_credit_ids
        self.assertFalse(partials.exchange_move_id)

    def test_every_month_of_a_foreign_invoice_is_exact(self):
        deferred = self._deferred_line(
            1000, currency=self.dollar, invoice_currency_rate=1000 / 833.34
        )
        values = {"amount_currency": 83.33}
        line = self._recognise(deferred, 69.45, **values)
        self.entry._reconcile([[deferred.id, line.id]])
        self.assertRecordValues(
            deferred + line,
            [
                {"amount_residual": -763.89, "amount_residual_currency": -916.67},
                {"amount_residual": 0, "amount_residual_currency": 0},
            ],
        )
        self.assertTrue(line.reconciled)

    def test_credit_at_another_rate(self):
        # 1,000 USD sold for 833.33 EUR, credited for 800.00 EUR
        lines = self.assertMatchedAlike(
            [(800.00, NOVEMBER, {"amount_currency": 1000})],
            [(33.33, DECEMBER, {"amount_currency": 0})],
            amount=1000,
            currency=self.dollar,
            invoice_currency_rate=1.2,
        )
        self.assertRecordValues(lines[0], [{"balance": -833.33, "amount_residual": 0}])
        self.assertEqual(len(lines.full_reconcile_id), 1)

    def test_a_difference_keeps_it_open(self):
        deferred = self._deferred_line(
            1000, currency=self.dollar, invoice_currency_rate=1.2
        )
        line = self._recognise(deferred, 800, amount_currency=1000)
        self.entry._reconcile([[deferred.id, line.id]])
        self.assertEqual(deferred.amount_residual, -33.33)
        self.assertEqual(deferred.amount_residual_currency, 0)
        self.assertFalse(deferred.full_reconcile_id)
        self.assertTrue(deferred.matching_number.startswith("P"))

    def test_two_matchings_become_one(self):
        results = []
        for way in "fast", "standard":
            invoices = [self._deferred_line(100), self._deferred_line(50)]
            debits = [self._recognise(invoices[0], 10) for _number in range(3)]
            pairs = [(0, 0), (1, 1), (0, 1, 2)]  # the last debit is shared
            last = [invoices[0].id, invoices[1].id, debits[2].id]
            groups = [[invoices[n].id, debits[n].id] for n, _ in pairs[:2]]
            if way == "fast":
                self.entry._reconcile(groups)
                debits.append(self._recognise(invoices[0], 95))
                self.entry._reconcile([last, [*last[:2], debits[3].id]])
            else:
                with self._standard():
                    self.entry._reconcile(groups)
                    debits.append(self._recognise(invoices[0], 95))
                    self.entry._reconcile([last, [*last[:2], debits[3].id]])
            lines = self.env["account.move.line"].union(*invoices, *debits)
            results.append(self._matching(lines))
            self.assertEqual(len(set(lines.mapped("matching_number"))), 1)
        self.assertEqual(*results)

    def test_order_and_amounts_are_odoos(self):
        # given: groups of any lines of euros, by any customers, due on any day
        draw = random.Random(5)
        partners = [False, self.partner_a.id, self.partner_b.id]
        days = [False, NOVEMBER, DECEMBER, JANUARY]
        lines = [
            self._line(
                number,
                draw.randrange(-2000, 2000) / 100,
                partner_id=draw.choice(partners),
                extra={"date_maturity": draw.choice(days)},
            )
            for number in range(60)
        ]
        total = -round(sum(line["amount"] for line in lines), 2)
        _move, ids = self._book([*lines, self._line("r", total, self.income)])
        groups = [
            draw.sample([ids[number] for number in range(60)], draw.randint(2, 9))
            for _group in range(40)
        ]
        for group in groups:
            # when
            items = read_items(self.env, group)
            found = plan([items[line_id] for line_id in group])
            # then
            self.assertEqual(
                [(each.debit.id, each.credit.id, float(each.amount)) for each in found],
                self._planned_by_odoo(group),
            )

    def _planned_by_odoo(self, group):
        lines = self.env["account.move.line"].browse(group)
        (node,), lines = lines._optimize_reconciliation_plan([lines])
        values = {
            line: {
                "aml": line,
                "amount_residual": line.amount_residual,
                "amount_residual_currency": line.amount_residual_currency,
            }
            for line in lines
        }
        return [
            (
                result["partial_values"]["debit_move_id"],
                result["partial_values"]["credit_move_id"],
                self.euro.round(result["partial_values"]["amount"]),
            )
            for result in lines._prepare_reconciliation_plan(node, values)
        ]

    # ------------------------------------------------------------------
    # Thousands of groups
    # ------------------------------------------------------------------

    def test_queries_do_not_grow_with_the_groups(self):
        counts = []
        for number in (5, 5, 40):
            invoices = [self._deferred_line(100 + n) for n in range(number)]
            lines = [self._line(line.id, 10) for line in invoices]
            total = self._line("r", -10 * number, self.income)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            _move, ids = self._book([*lines, total])
            between = self.env.cr.sql_log_count
            self.entry._reconcile([[line.id, ids[line.id]] for line in invoices])
            after = self.env.cr.sql_log_count
            counts.append((between - before, after - between))
            for line in invoices:
                self.assertEqual(line.amount_residual, line.balance + 10)
        # the first pays for the comparisons
        self.assertLessEqual(counts[2][0], counts[1][0] + 2, counts)
        self.assertLessEqual(counts[2][1], 8, counts)
        self.assertLessEqual(counts[2][0], 90, counts)

    def test_two_currencies_in_one_call(self):
        euro = self._deferred_line(120)
        dollar = self._deferred_line(120, currency=self.dollar)
        amount = round(-dollar.balance / 12, 2)
        first = self._recognise(euro, 10)
        second = self._recognise(dollar, amount, amount_currency=10)
        self.entry._reconcile([[euro.id, first.id], [dollar.id, second.id]])
        self.assertEqual(euro.amount_residual, -110)
        self.assertEqual(dollar.amount_residual_currency, -110)

    def test_caches_follow(self):
        deferred = self._deferred_line(120)
        self.assertFalse(deferred.move_id.has_reconciled_entries)
        self.assertEqual(deferred.amount_residual, -120)
        line = self._recognise(deferred, 120)
        self.assertEqual(line.amount_residual, 120)
        self.entry._reconcile([[deferred.id, line.id]])
        self.assertTrue(deferred.move_id.has_reconciled_entries)
        self.assertEqual(deferred.amount_residual, 0)
        self.assertEqual(line.reconciled_lines_ids, deferred)

    def test_undone_and_matched_again(self):
        deferred = self._deferred_line(10)
        line = self._recognise(deferred, 10)
        self.entry._reconcile([[deferred.id, line.id]])
        (deferred + line).remove_move_reconcile()
        self.assertEqual(deferred.amount_residual, -10)
        self.assertFalse(deferred.matching_number)
        self.entry._reconcile([[deferred.id, line.id]])
        self.assertTrue(deferred.full_reconcile_id)

    def test_the_invoice_is_not_touched(self):
        deferred = self._deferred_line(120)
        before = deferred.move_id.read(["payment_state", "amount_residual"])
        line = self._recognise(deferred, 10)
        self.entry._reconcile([[deferred.id, line.id]])
        self.assertEqual(
            deferred.move_id.read(["payment_state", "amount_residual"]), before
        )
        self.assertFalse(deferred.move_id.is_manually_modified)

    # ------------------------------------------------------------------
    # What is left to Odoo
    # ------------------------------------------------------------------

    def test_nothing_left_to_match(self):
        deferred = self._deferred_line(10)
        line = self._recognise(deferred, 10)
        self.entry._reconcile([[deferred.id, line.id]])
        full = deferred.full_reconcile_id
        self.entry._reconcile([[deferred.id, line.id], [deferred.id], []])
        self.assertEqual(deferred.full_reconcile_id, full)

    def test_account_without_matching(self):
        self.deferred.reconcile = False
        deferred = self._deferred_line(10)
        line = self._recognise(deferred, 10)
        with self.assertRaisesRegex(UserError, "does not allow reconciliation"):
            self.entry._reconcile([[deferred.id, line.id]])

    def test_two_accounts(self):
        deferred = self._deferred_line(10)
        other = self.deferred.copy({"code": "487901"})
        line = self._recognise(deferred, 10, account=other)
        with self.assertRaisesRegex(UserError, "not from the same account"):
            self.entry._reconcile([[deferred.id, line.id]])

    def test_two_currencies_in_one_group(self):
        deferred = self._deferred_line(120, currency=self.dollar)
        euro = self._recognise(self._deferred_line(1), 10)
        self.entry._reconcile([[deferred.id, euro.id]])
        self.assertTrue(euro.reconciled)
        partials = deferred.matched_debit_ids
        self.assertFalse(partials.exchange_move_id)

    def test_drafts_are_left_to_odoo(self):
        deferred = self._deferred_line(10)
        line = self._recognise(deferred, 10)
        line.move_id.button_draft()
        self.entry._reconcile([[deferred.id, line.id]])
        line.move_id.action_post()
        self.assertTrue(deferred.reconciled)
