"""Policies by nature, dated and justified; and every reason why nothing is deferred."""

from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common_revenue import RevenueCommon

DAY = "2026-11-15"
YEAR = ("2026-11-15", "2027-11-14")


@tagged("post_install", "-at_install")
@freeze_time("2026-11-20 10:00:00")
class PolicyCase(RevenueCommon):
    pass


class TestPolicies(PolicyCase):
    def test_the_policy_of_the_accounting_date(self):
        later = self._policy("2027-01-01", method="month")
        book = self.env["recurring.revenue.policy"]._book(self.company)
        nature = self._revenue_nature("service").id
        self.assertEqual(book.find(nature, date(2026, 12, 31)), self.policy)
        self.assertEqual(book.find(nature, date(2027, 1, 1)), later)
        self.assertIsNone(book.find(nature, date(2019, 12, 31)))

    def test_its_own_nature_goes_first(self):
        own = self._policy(nature="usage", treatment="invoiced")
        book = self.env["recurring.revenue.policy"]._book(self.company)
        day = date(2026, 11, 1)
        self.assertEqual(book.find(self._revenue_nature("usage").id, day), own)
        other = self._revenue_nature("service").id
        self.assertEqual(book.find(other, day), self.policy)

    def test_the_nature_of_the_product(self):
        """Dues are booked when they are received, unless deferring them is chosen."""
        self._policy(nature="dues", treatment="invoiced")
        dues = self._product("Dues")
        dues.product_tmpl_id.rr_revenue_nature_id = self._revenue_nature("dues")
        move = self._invoice(DAY, 1200.0, *YEAR, post=False)
        move.invoice_line_ids.product_id = dues
        move._post(soft=False)
        self.assertFalse(self._schedule(move))
        option = self._policy("2026-12-01", nature="dues")
        move = self._invoice(
            "2026-12-15", 365.0, "2026-12-15", "2027-12-14", post=False
        )
        move.invoice_line_ids.product_id = dues
        move._post(soft=False)
        self.assertEqual(self._schedule(move).policy_id, option)

    def test_a_used_policy_stands(self):
        self._invoice(DAY, 1200.0, *YEAR)
        self.assertTrue(self.policy.is_used)
        with self.assertRefused("Add a new one from a later day"):
            self.policy.method = "month"
        with self.assertRefused("stays on record"):
            self.policy.unlink()
        self.policy.justification = "In better words."

    def test_an_unused_one_can_be_changed(self):
        self.policy.method = "month"
        self.policy.unlink()

    def test_one_of_a_nature_a_day(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._policy("2020-01-01")

    def test_a_reason_is_wanted(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._policy("2021-01-01", justification=False)

    def test_at_once_is_not_spread(self):
        with self.assertRefused("not spread over a term"):
            self._policy("2021-01-01", method="point", spread="term")

    def test_the_screens(self):
        form = Form(self.env["recurring.revenue.policy"])
        form.nature_id = self._revenue_nature("setup")
        form.spread = "life"
        form.life_months = 24
        form.justification = "Customers stay two years."
        self.assertEqual(form.save().life_months, 24)
        form = Form(self.env["recurring.revenue.nature"])
        form.name = "Maintenance"
        form.code = "maintenance"
        form.save().unlink()
        with self.assertRefused("archive"):
            self._revenue_nature("dues").unlink()

    def test_settings(self):
        settings = self.env["res.config.settings"].create({})
        self.assertEqual(settings.rr_deferred_account_id, self.deferred)
        self.assertFalse(settings.rr_revenue_obstacle)
        settings.rr_revenue_detail = "customer"
        settings.execute()
        self.assertEqual(self.company.rr_revenue_detail, "customer")
        self.deferred.active = False
        settings = self.env["res.config.settings"].create({})
        self.assertIn("is archived", settings.rr_revenue_obstacle)
        action = settings.action_rr_revenue_set_up()
        self.assertEqual(action["res_model"], "recurring.revenue.set.up")


class TestRights(PolicyCase):
    def test_a_plain_user_changes_no_policy(self):
        user = new_test_user(self.env, "rr_plain", "recurring_revenue.group_user")
        policy = self.policy.with_user(user)
        self.assertEqual(policy.method, "day")
        with self.assertRaises(AccessError):
            policy.method = "month"
        nature = self._revenue_nature("dues").with_user(user)
        with self.assertRaises(AccessError):
            nature.active = False

    def test_policies_of_another_company_are_not_seen(self):
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self._policy("2026-01-01", company_id=other.id)
        user = new_test_user(self.env, "rr_accountant", "account.group_account_manager")
        seen = self.env["recurring.revenue.policy"].with_user(user).search([])
        self.assertEqual(seen, self.policy)
        with self.assertRaises(AccessError):
            foreign.with_user(user).method = "month"

    def test_two_companies_with_different_policies(self):
        """Each company defers its own; one without accounts says so."""
        other = self.env["res.company"].create({"name": "Other"})
        self._policy("2026-01-01", company_id=other.id, treatment="cut_off")
        self.assertFalse(self.company._revenue_obstacle())
        self.assertIn("settings of Other", other._revenue_obstacle())
        self.assertTrue(self._schedule(self._invoice(DAY, 1200.0, *YEAR)))


class TestObstacles(PolicyCase):
    def assertObstacle(self, sentence):
        self.assertIn(sentence, self.company._revenue_obstacle())
        with self.assertRefused(sentence):
            self._invoice(DAY, 1200.0, *YEAR)
        with self.assertRefused(sentence):
            self._close("2026-10")

    def test_no_account(self):
        self.company.rr_deferred_account_id = False
        self.assertObstacle("Choose in the settings")

    def test_no_journal(self):
        self.company.rr_revenue_journal_id = False
        self.assertObstacle("Journal of Revenue Recognition")

    def test_an_archived_account(self):
        self.deferred.active = False
        self.assertObstacle("is archived. Restore it")

    def test_an_account_that_does_not_allow_reconciliation(self):
        self.deferred.reconcile = False
        self.assertObstacle("must allow reconciliation")

    def test_an_account_of_revenue(self):
        chart = f"account.{self.company.id}_"
        income = self.env.ref(f"{chart}pcg_707_account")
        self.company.rr_deferred_account_id = income
        self.assertObstacle("cannot hold deferred revenue")

    def test_an_archived_journal(self):
        self.journal.active = False
        self.assertObstacle("The journal Revenue is archived")

    def test_a_journal_of_sales(self):
        sales = self.env["account.journal"].search([("type", "=", "sale")], limit=1)
        self.company.rr_revenue_journal_id = sales
        self.assertObstacle("miscellaneous operations")

    def test_cut_off_matches_nothing(self):
        self.policy.treatment = "cut_off"
        self.deferred.reconcile = False
        self.assertFalse(self.company._revenue_obstacle())

    def test_nothing_is_needed_where_invoiced_is_earned(self):
        self.policy.treatment = "invoiced"
        self.company.rr_deferred_account_id = False
        self.assertFalse(self.company._revenue_obstacle())
        self.assertFalse(self._schedule(self._invoice(DAY, 1200.0, *YEAR)))

    def test_what_is_not_deferred_is_posted_all_the_same(self):
        self.deferred.active = False
        move = self._invoice(DAY, 100.0, "2026-11-01", "2026-11-30")
        self.assertEqual(move.state, "posted")


class TestBilling(PolicyCase):
    """A deferred account that is no good keeps back whom it concerns, in one sentence,
    before any invoice is made."""

    def setUp(self):
        super().setUp()
        self.years = [
            self._subscribe(self._yearly(), DAY, self._customer(name))
            for name in ("One", "Two")
        ]
        product = self._product("Month")
        month = self._plan("Month", [{"unit_price": 30.0, "product_id": product.id}])
        self.monthly = self._subscribe(month, "2026-11-01", self._customer("Three"))

    def test_one_problem_and_no_attempt(self):
        self.deferred.active = False
        moves = self.env["account.move"].search([])
        tried = []
        posted = type(moves)._post

        def post(records, soft=True):
            tried.append(records)
            return posted(records, soft)

        self.patch(type(moves), "_post", post)
        run = self._bill(DAY)
        made = self.env["account.move"].search([]) - moves
        self.assertEqual(made.invoice_line_ids.rr_subscription_id, self.monthly)
        self.assertEqual(len(tried), 1)
        self.assertEqual(len(run.problem_ids), 2)
        self.assertEqual(set(run.problem_ids.mapped("code")), {"deferred_account"})
        [message] = set(run.problem_ids.mapped("message"))
        self.assertIn("is archived", message)
        said = run.message_ids.filtered(lambda note: "is archived" in str(note.body))
        self.assertEqual(len(said), 1)
        self.assertEqual(run.problem_ids[0]._cause(), self.deferred)

    def test_mended_and_continued(self):
        self.deferred.reconcile = False
        run = self._bill(DAY)
        self.assertEqual(len(run.problem_ids), 2)
        self.deferred.reconcile = True
        self._bill(DAY)
        for sub in self.years:
            self.assertEqual(sub.health, "fine")
            self.assertTrue(self._schedule(sub.billed_item_ids.move_id))
        self.assertAgrees()

    def test_a_good_account_refuses_nobody(self):
        run = self._bill(DAY)
        self.assertFalse(run.problem_ids)
        self.assertAgrees()


class TestWords(PolicyCase):
    def test_no_policy(self):
        self.policy.unlink()
        self.assertIn("No policy was chosen", self.company._revenue_obstacle())
        self.assertEqual(self._invoice(DAY, 1200.0, *YEAR).state, "posted")

    def test_where_odoo_defers_by_itself(self):
        self.patch(type(self.company), "_revenue_rival", lambda company: True)
        self.assertIn("keeps out", self.company._revenue_obstacle())
        move = self._invoice(DAY, 1200.0, *YEAR)
        self.assertFalse(self._schedule(move))
        with self.assertRaises(UserError):
            self._close("2026-10")
