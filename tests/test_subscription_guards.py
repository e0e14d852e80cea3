"""What nobody types, over the external API neither: the money and its record."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from ..models.guard import applying
from .common_billing import BillingCommon


class GuardCommon(BillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(
            cls.env, "rr_guarded", groups="recurring_revenue.group_user"
        )
        cls.plan = cls._plan()
        cls.bob = cls._customer("Bob")
        cls.sub = cls._subscribe(cls.plan, "2026-01-01", user_id=cls.seller.id)
        cls.draft = cls._draft()
        cls.mine = cls.sub.with_user(cls.seller)

    @classmethod
    def _draft(cls, **values):
        return cls.env["recurring.subscription"].create(
            {
                "partner_id": cls.customer.id,
                "plan_id": cls.plan.id,
                "start_date": "2026-01-01",
                "user_id": cls.seller.id,
                **values,
            }
        )

    def assertRefused(self, records, *vals_list):
        """Each of these writes is refused."""
        for vals in vals_list:
            with self.subTest(vals=vals), self.assertRaises(UserError):
                records.write(vals)


@tagged("post_install", "-at_install")
class TestSubscriptionGuards(GuardCommon):
    def test_price_list_of_a_running_subscription(self):
        dollars = self.env["product.pricelist"].create(
            {"name": "US", "currency_id": self.dollar.id}
        )
        self.assertRefused(
            self.mine, {"pricelist_id": dollars.id}, {"currency_id": self.dollar.id}
        )
        euro = self.sub.currency_id
        applying(self.sub).pricelist_id = dollars
        self.env.flush_all()
        self.assertEqual(self.sub.currency_id, euro)
        self.draft.pricelist_id = dollars
        self.assertEqual(self.draft.currency_id, self.dollar)

    def test_another_default_price_list_changes_no_running_one(self):
        dollars = self.env["product.pricelist"].create(
            {"name": "US", "currency_id": self.dollar.id}
        )
        before = self.sub.pricelist_id
        for name in ("partner_id", "company_id", "pricelist_id", "plan_version_id"):
            self.sub.modified([name])
        self.customer.specific_property_product_pricelist = dollars
        self.env.flush_all()
        self.assertEqual(self.sub.pricelist_id, before)
        self.assertEqual(self.sub.currency_id, self.company.currency_id)

    def test_technical_fields_of_a_subscription(self):
        other = self._subscribe(self.plan, "2026-01-01", customer=self.bob)
        order = self.env["sale.order"].create({"partner_id": self.customer.id})
        for sub in (self.sub, self.draft):
            self.assertRefused(
                sub.with_user(self.seller),
                {"billing_group": other.billing_group},
                {"name": "SUB/OTHER"},
                {"health": "problem"},
                {"sale_order_id": order.id},
                {"billed_through": "2030-01-01"},
                {"next_billing_date": "2030-01-01"},
            )

    def test_grouping_still_follows_the_settings(self):
        self.sub.invoice_grouping = "customer"
        self.assertTrue(self.sub.billing_group.startswith("c"))

    def test_new_subscription_is_a_numbered_draft(self):
        model = self.env["recurring.subscription"].with_user(self.seller)
        vals = {"partner_id": self.customer.id, "plan_id": self.plan.id}
        for name, value in (
            ("state", "active"),
            ("billing_group", self.sub.billing_group),
            ("name", "SUB/OTHER"),
            ("health", "problem"),
            ("hold", True),
            ("settled_through", "2030-01-01"),
        ):
            with self.subTest(name):
                with self.assertRaises(UserError):
                    model.create({**vals, name: value})
                with self.assertRaises(UserError):
                    model.with_context(**{f"default_{name}": value}).create(vals)
                with self.assertRaises(UserError):
                    self.mine.copy({name: value})
        self.assertNotIn(model.create(vals).name, ("/", "SUB/OTHER"))

    def test_a_kept_default_counts_like_a_value(self):
        self.env["ir.default"].set(
            "recurring.subscription", "billed_through", "2030-01-01"
        )
        with self.assertRaises(UserError):
            self._draft()

    def test_a_context_is_no_key(self):
        with self.assertRaises(UserError):
            self.mine.with_context(rr_applying_change=True).write({"name": "X"})

    def test_a_copy_is_free_again(self):
        copy = self.mine.copy()
        self.assertEqual(copy.state, "draft")
        copy.write({"partner_id": self.bob.id, "start_date": "2026-02-01"})


@tagged("post_install", "-at_install")
class TestLineGuards(GuardCommon):
    def test_line_moved_to_another_subscription(self):
        other = self._subscribe(self.plan, "2026-01-01")
        self.assertRefused(self.sub.line_ids, {"subscription_id": other.id})

    def test_draft_line_moved_into_a_running_subscription(self):
        foreign = self._subscribe(self.plan, "2026-01-01", user_id=False, team_id=False)
        lines = self.draft.line_ids.with_user(self.seller)
        for target in (foreign, self.sub, self._draft()):
            self.assertRefused(lines, {"subscription_id": target.id})
            with self.assertRaises(UserError):
                target.write({"line_ids": [Command.link(lines.id)]})
        self.assertEqual(lines.subscription_id, self.draft)

    def test_price_agreed_toggled(self):
        plan = self._plan(
            charges=[
                {
                    "charge_model": "graduated",
                    "tiers": [(10, 5), (0, 3)],
                    "default_quantity": 12,
                }
            ]
        )
        sub = self._subscribe(plan, "2026-01-01")
        self.assertRefused(sub.line_ids, {"price_agreed": True})

    def test_money_of_a_running_line(self):
        charge = self._plan("Other").current_version_id.charge_ids
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.assertRefused(
            self.mine.line_ids,
            {"charge_id": charge.id},
            {"price_unit": 1.0},
            {"price_source": "a gift"},
            {"price_factor": 0.5},
            {"quantity": 2.0},
            {"discount": 50.0},
            {"last_day": "2026-01-02"},
            {"bill_until": "2027-01-01"},
            {"company_id": elsewhere.id},
            {"amount_period": 0.0},
        )

    def test_commands_of_the_form(self):
        line = self.sub.line_ids
        vals = {"product_id": line.product_id.id, "price_unit": 1.0, "role": "addon"}
        for command in (
            Command.create(vals),
            Command.update(line.id, {"price_unit": 1.0}),
            Command.delete(line.id),
            Command.unlink(line.id),
            Command.clear(),
            Command.set([]),
            Command.link(self.draft.line_ids.id),
        ):
            self.assertRefused(self.mine, {"line_ids": [command]})
        self.assertEqual(self.sub.line_ids, line)

    def test_technical_fields_of_a_draft_line(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [Command.create({"product_id": self._product().id})],
            }
        )
        line = self.draft.with_user(self.seller).line_ids
        vals = {
            "subscription_id": self.draft.id,
            "product_id": line.product_id.id,
            "price_unit": 1.0,
            "role": "addon",
        }
        technical = {
            "bill_until": "2027-01-01",
            "sale_line_id": order.order_line.id,
            "amount_period": 5.0,
        }
        for name, value in technical.items():
            self.assertRefused(line, {name: value})
            with self.subTest(name), self.assertRaises(UserError):
                line.create({**vals, name: value})
            with self.subTest(name), self.assertRaises(UserError):
                line.with_context(**{f"default_{name}": value}).create(vals)
        line.create(vals)
        line.write({"quantity": 3.0, "price_unit": 9.0, "price_agreed": True})

    def test_order_line_cannot_take_a_line(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [Command.create({"product_id": self._product().id})],
            }
        )
        line = Command.link(self.draft.line_ids.id)
        self.assertRefused(order.order_line, {"rr_subscription_line_ids": [line]})
        taken = Command.link(self.sub.id)
        self.assertRefused(order, {"rr_subscription_ids": [taken]})


@tagged("post_install", "-at_install")
class TestSettingsTrace(GuardCommon):
    def _traces(self):
        return self.sub.change_ids.filtered(lambda change: change.type == "settings")

    def test_one_trace_per_write_in_plain_words(self):
        journal = self.env["account.journal"].create(
            {"name": "Web sales", "code": "WEB", "type": "sale"}
        )
        terms = self.env.ref("account.account_payment_term_30days")
        self.mine.write(
            {
                "partner_invoice_id": self.bob.id,
                "payment_term_id": terms.id,
                "journal_id": journal.id,
                "invoice_grouping": "customer",
                "client_order_ref": "PO 7",
            }
        )
        trace = self._traces()
        self.assertEqual(trace.user_id, self.seller)
        self.assertEqual(
            trace.note.splitlines(),
            [
                "Invoice Address: Acme → Bob",
                f"Payment Term: none → {terms.name}",
                f"Journal: none → {journal.display_name}",
                "Invoice Grouping: One invoice per subscription → Grouped per customer",
                "Customer Reference: none → PO 7",
            ],
        )

    def test_every_setting_leaves_a_trace(self):
        position = self.env["account.fiscal.position"].create({"name": "Abroad"})
        method = self.env["account.payment.method.line"].search(
            [("payment_type", "=", "inbound"), ("company_id", "=", self.company.id)],
            limit=1,
        )
        for number, vals in enumerate(
            (
                {"partner_shipping_id": self.bob.id},
                {"fiscal_position_id": position.id},
                {"preferred_payment_method_line_id": method.id},
                {"notice_days": 12},
                {"client_order_ref": "PO 8"},
            ),
            1,
        ):
            with self.subTest(vals):
                self.mine.write(vals)
                self.assertEqual(len(self._traces()), number)

    def test_what_follows_by_itself_is_told(self):
        terms = self.env.ref("account.account_payment_term_30days")
        self.bob.property_payment_term_id = terms
        self.sub.partner_invoice_id = self.bob
        self.assertIn(f"none → {terms.name}", self._traces().note)

    def test_no_trace_without_a_change(self):
        self.sub.write({"client_order_ref": False, "note": "x"})
        self.draft.client_order_ref = "PO 9"
        self.assertFalse(self._traces() | self.draft.change_ids)


@tagged("post_install", "-at_install")
class TestRunGuards(GuardCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = new_test_user(
            cls.env, "rr_run_officer", groups="recurring_revenue.group_billing"
        )
        cls.runs = cls.env["recurring.billing.run"].with_user(cls.officer)

    def test_record_of_a_run_is_not_typed(self):
        typed = {
            "state": "running",
            "user_id": self.env.ref("base.user_admin").id,
            "parameters": {"date": "2020-01-01"},
            "started_at": "2026-01-01 00:00:00",
            "ended_at": "2026-01-01 00:00:00",
            "preview": {"done": 5},
            "subscription_total": 5,
            "nightly": True,
            "name": "RUN/OTHER",
        }
        run = self.runs.create({"date": "2026-01-15"})
        for name, value in typed.items():
            self.assertRefused(run, {name: value})
            with self.subTest(name):
                with self.assertRaises(UserError):
                    self.runs.create({"date": "2026-01-15", name: value})
                with self.assertRaises(UserError):
                    self.runs.with_context(**{f"default_{name}": value}).create({})

    def test_buttons_and_a_copy_work(self):
        run = self.runs.create({"date": "2026-01-15"})
        run.action_preview()
        self.assertTrue(run.preview)
        run.date = "2026-01-16"
        self.assertFalse(run.preview)
        run.action_start()
        self.assertEqual((run.state, run.user_id), ("running", self.officer))
        self.assertFalse(run.env.context.get("rr_applying_change"))
        copy = run.with_user(self.env.ref("base.user_admin")).copy()
        self.assertEqual((copy.state, copy.user_id), ("draft", copy.env.user))


@tagged("post_install", "-at_install")
class TestDocumentLinks(GuardCommon):
    def test_draft_keeps_what_it_bills(self):
        self.company.rr_invoice_policy = "draft"
        move = self._bill("2026-01-01").move_ids
        user = new_test_user(
            self.env, "rr_invoicer", groups="account.group_account_invoice"
        )
        move, other = move.with_user(user), self._draft()
        line = move.invoice_line_ids
        self.assertRefused(
            line,
            {"rr_subscription_line_id": False},
            {"rr_subscription_id": other.id},
            {"rr_subscription_line_id": other.line_ids.id},
            {"rr_reversed_line_id": line.id},
        )
        update = Command.update(line.id, {"rr_subscription_line_id": False})
        self.assertRefused(move, {"rr_run_id": False}, {"invoice_line_ids": [update]})
        move.unlink()
        self.assertTrue(self._bill("2026-01-01").move_ids)
