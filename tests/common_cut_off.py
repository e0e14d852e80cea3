"""A company that defers at closing, with the accounts of what is adjusted then."""

from .common_revenue import RevenueCommon


class CutOffCommon(RevenueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.write({"treatment": "cut_off", "method": "month"})
        chart = f"account.{cls.company.id}_"
        cls.accrued = cls.env.ref(f"{chart}pcg_4181")
        cls.accrued_tax = cls.env.ref(f"{chart}pcg_44587")
        cls.credit_due = cls.env.ref(f"{chart}pcg_4198")
        cls.advances = cls.env.ref(f"{chart}pcg_4191")
        cls.company.write(
            {
                "rr_accrued_account_id": cls.accrued.id,
                "rr_accrued_tax_account_id": cls.accrued_tax.id,
                "rr_credit_due_account_id": cls.credit_due.id,
                "rr_advance_account_id": cls.advances.id,
            }
        )
        cls.income = cls._product("Service").product_tmpl_id.get_product_accounts()[
            "income"
        ]

    def _booked(self, run, role):
        """``[(day, {account code: balance})]`` of a closing's entries of a role."""
        found = []
        moves = run.move_ids.filtered(lambda move: move.rr_closing_role == role)
        for move in moves.sorted("id"):
            balances = {}
            for line in move.line_ids:
                code = line.account_id.code[:4].rstrip("0")
                balances[code] = round(balances.get(code, 0) + line.balance, 2)
            found.append((str(move.date), balances))
        return found

    def assertNative(self, run):
        """Every entry is posted, balanced, and bears no tax at all."""
        for move in run.move_ids:
            self.assertEqual(move.state, "posted")
            self.assertEqual(round(sum(move.line_ids.mapped("balance")), 2), 0)
        lines = run.move_ids.line_ids
        self.assertFalse(lines.tax_ids)
        self.assertFalse(lines.tax_tag_ids)
        self.assertFalse(lines.tax_line_id)

    def assertNeutral(self, run, day):
        """Nothing of a closing is left on any account after a day."""
        totals = {}
        for line in run.move_ids.line_ids.filtered(lambda line: str(line.date) <= day):
            if line.move_id.rr_closing_role == "recognition":
                continue
            account = line.account_id
            totals[account] = round(totals.get(account, 0) + line.balance, 2)
        self.assertFalse({key: value for key, value in totals.items() if value})
