"""Who pays for several, and in which currency: one invoice, every subscriber named."""

from odoo.tests import freeze_time, tagged

from .common_changes import ChangeCommon

GROUPED = {"invoice_grouping": "customer"}


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestPayerOfSeveral(ChangeCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.group = cls._customer("Group SA", is_company=True)
        cls.north = cls._customer("North SAS", is_company=True, parent_id=cls.group.id)
        cls.south = cls._customer("South SAS", is_company=True, parent_id=cls.group.id)

    def _paid_by_group(self, customer, **values):
        return self._running(
            customer=customer, partner_invoice_id=self.group.id, **values
        )

    def _invoices(self, *subs):
        return self.env["recurring.subscription"].union(*subs).billed_item_ids.move_id

    def test_one_invoice_names_each_subscriber(self):
        north = self._paid_by_group(self.north, quantity=2, **GROUPED)
        south = self._paid_by_group(self.south, **GROUPED)
        self._bill("2026-04-01")
        invoice = self._invoices(north, south)
        self.assertEqual(len(invoice), 1)
        self.assertEqual(invoice.partner_id, self.group)
        self.assertEqual(invoice.partner_shipping_id, self.group)
        self.assertEqual(invoice.amount_untaxed, 90.0)
        self.assertEqual(
            invoice.invoice_line_ids.mapped("name"),
            [
                f"Pro seat – North SAS ({north.name})\n04/01/2026 - 04/30/2026",
                f"Pro seat – South SAS ({south.name})\n04/01/2026 - 04/30/2026",
            ],
        )
        self.assertNothingLeft(north, "2026-04-30")

    def test_a_credit_names_the_subscriber_too(self):
        north = self._paid_by_group(self.north, quantity=3, **GROUPED)
        south = self._paid_by_group(self.south, **GROUPED)
        self._bill("2026-04-01")
        self._quantity(north, 1)
        self._bill("2026-04-16")
        note = self._invoices(north, south).filtered(
            lambda move: move.move_type == "out_refund"
        )
        self.assertEqual(note.amount_untaxed, 30.0)
        for line in note.invoice_line_ids:
            self.assertIn("North SAS", line.name.splitlines()[0])

    def test_subscribers_whom_tax_law_treats_otherwise_are_parted(self):
        """Same payer, service in another country: an invoice of its own."""
        self.south.write({"type": "other", "country_id": self.env.ref("base.be").id})
        north = self._paid_by_group(self.north, **GROUPED)
        south = self._paid_by_group(self.south, **GROUPED)
        self.assertEqual(north.billing_group, south.billing_group)
        self._bill("2026-04-01")
        self.assertEqual(len(self._invoices(north, south)), 2)
        self.assertEqual(self._invoices(south).partner_shipping_id, self.south)

    def test_sites_of_one_subscriber_keep_their_invoices(self):
        site = self._customer("Site", parent_id=self.north.id, type="delivery")
        one = self._paid_by_group(self.north, **GROUPED)
        two = self._paid_by_group(self.north, partner_shipping_id=site.id, **GROUPED)
        self._bill("2026-04-01")
        self.assertEqual(len(self._invoices(one, two)), 2)
        self.assertEqual(self._invoices(two).partner_shipping_id, site)

    def test_alone_it_is_named_without_a_number(self):
        sub = self._paid_by_group(self.north)
        self._bill("2026-04-01")
        self.assertEqual(
            self._invoices(sub).invoice_line_ids.name,
            "Pro seat – North SAS\n04/01/2026 - 04/30/2026",
        )

    def test_an_own_invoice_address_is_nobody_else(self):
        address = self._customer("Accounts", parent_id=self.north.id, type="invoice")
        sub = self._running(customer=self.north)
        self.assertEqual(sub.partner_invoice_id, address)
        self._bill("2026-04-01")
        self.assertEqual(
            self._invoices(sub).invoice_line_ids.name,
            "Pro seat\n04/01/2026 - 04/30/2026",
        )

    def test_a_child_whose_parents_pay(self):
        family = self._customer("Famille Durand")
        child = self._customer("Léo Durand", parent_id=family.id)
        sub = self._running(customer=child, partner_invoice_id=family.id)
        self._bill("2026-04-01")
        self.assertEqual(
            self._invoices(sub).invoice_line_ids.name,
            "Pro seat – Léo Durand\n04/01/2026 - 04/30/2026",
        )

    def test_a_new_payer_from_a_date(self):
        """The old payer keeps the old invoice, the new one is told for whom it pays."""
        sub = self._running(customer=self.north, billed="2026-04-01")
        self._change(
            sub,
            "customer",
            {"partner_invoice_id": self.group.id},
            when="date",
            date="2026-05-01",
        )
        with freeze_time("2026-05-01"):
            self.env["recurring.subscription"]._enter_changes(
                self.company, self._day("2026-05-01")
            )
            self._bill("2026-05-01")
        old, new = self._invoices(sub).sorted("id")
        self.assertEqual((old.partner_id, new.partner_id), (self.north, self.group))
        self.assertIn("Pro seat – North SAS", new.invoice_line_ids.name)


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestCurrencyOfChanges(ChangeCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.currency.rate"].search(
            [("currency_id", "=", cls.dollar.id)]
        ).unlink()
        cls.team = cls._plan_of_seats("Team", 50.0)

    def _rate(self, day, rate):
        return self.env["res.currency.rate"].create(
            {
                "currency_id": self.dollar.id,
                "company_id": self.company.id,
                "name": day,
                "rate": rate,
            }
        )

    def test_a_change_of_plan_keeps_the_currency(self):
        """Converted at the rate of the day of the change: 50.00 x 1.2 = 60.00."""
        self._rate("2026-01-01", 1.1)
        sub = self._running(currency_id=self.dollar.id, billed="2026-04-01")
        self.assertEqual(sub.line_ids.price_unit, 33.0)
        self._rate("2026-04-10", 1.2)
        self._change(sub, "plan", {"plan_id": self.team.id}, proration="none")
        self.assertEqual(sub.currency_id, self.dollar)
        line = sub.line_ids.sorted("start_date")[-1]
        self.assertEqual((line.price_unit, line.price_factor), (60.0, 1.2))
        self.assertIn("converted from EUR at 1.2", line.price_source)
        self._bill("2026-05-01")
        invoice = sub.billed_item_ids.move_id.sorted("id")[-1]
        self.assertEqual(invoice.currency_id, self.dollar)
        self.assertEqual(invoice.amount_untaxed, 60.0)

    def test_the_price_list_s_price_comes_first(self):
        self._rate("2026-01-01", 1.1)
        prices = self.env["product.pricelist"].create(
            {
                "name": "US",
                "currency_id": self.dollar.id,
                "item_ids": [
                    (
                        0,
                        0,
                        {
                            "applied_on": "0_product_variant",
                            "product_id": self.seat.id,
                            "fixed_price": 49.0,
                        },
                    )
                ],
            }
        )
        sub = self._running(pricelist_id=prices.id, billed="2026-04-01")
        self._change(sub, "plan", {"plan_id": self.team.id}, proration="none")
        self.assertEqual(sub.currency_id, self.dollar)
        line = sub.line_ids.sorted("start_date")[-1]
        self.assertEqual((line.price_unit, line.price_source), (49.0, "Price list US"))

    def test_a_missing_rate_is_an_error_on_that_one_alone(self):
        rate = self._rate("2026-01-01", 1.1)
        dollar = self._running(currency_id=self.dollar.id)
        euro = self._running()
        rate.unlink()
        plan = {"plan_id": self.team.id}
        with self.assertRefused("There is no exchange rate of USD"):
            self._change(dollar, "plan", plan)
        self.assertEqual(len(dollar.line_ids), 1)
        self.assertEqual(dollar.plan_id, self.pro)
        self._change(euro, "plan", plan)
        self.assertEqual(euro.plan_id, self.team)
        with self.assertRefused("There is no exchange rate of USD"):
            self._change(dollar, "addon_add", {"charge_id": self.addon.id})
        # What needs no rate is changed all the same.
        self._quantity(dollar, 2)
        self.assertEqual(dollar.recurring_amount, 66.0)

    def test_a_missing_rate_in_a_revision_to_a_new_version(self):
        rate = self._rate("2026-01-01", 1.1)
        dollar = self._running(currency_id=self.dollar.id)
        euro = self._running()
        self.pro.action_new_version()
        draft = self.pro.draft_version_id
        draft.effective_date = "2026-05-01"
        draft.action_publish()
        revision = self.env["recurring.price.revision"].create(
            {
                "name": "Version 2",
                "method": "version",
                "version_id": draft.id,
                "effective_date": "2026-07-01",
            }
        )
        revision.action_prepare()
        rate.unlink()
        revision.action_apply()
        states = {row.subscription_id: row for row in revision.line_ids}
        self.assertEqual(states[euro].state, "done")
        self.assertEqual(states[dollar].state, "problem")
        self.assertIn("no exchange rate of USD", states[dollar].why)
