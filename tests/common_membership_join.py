"""What the tests of the joining page share: an open page, and who fills it in."""

import re
import time
from unittest.mock import patch

from odoo.tools import hash_sign

from .test_membership_portal import MembershipHttpCommon


class JoinCommon(MembershipHttpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.club = cls._category("Organisation", kind="legal")
        cls.season.write({"rr_join_open": True, "rr_join_slug": "season"})
        cls.newsletter = cls.env.ref("recurring_revenue.consent_newsletter")
        cls.page = "/join/season"

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)

    def _typed(self, **values):
        """Return a form as somebody fills it in."""
        return {
            "category_id": self.member_category.id,
            "firstname": "Marie",
            "lastname": "Dupont",
            "email": "marie@example.com",
            "birthdate": "1980-02-03",
            "street": "1 rue Haute",
            "zip": "69001",
            "city": "Lyon",
            "country_id": self.env.ref("base.fr").id,
            **values,
        }

    def _form_token(self, plan=None, age=10):
        signed = [(plan or self.season).id, int(time.time()) - age]
        return hash_sign(
            self.env(su=True),
            "recurring_revenue-join-form",
            signed,
            expiration_hours=12,
        )

    def _send(self, page=None, form_token=None, **values):
        return self._post(
            page or self.page,
            form_token=form_token or self._form_token(),
            **self._typed(**values),
        )

    def _requests(self, **values):
        domain = [(name, "=", value) for name, value in values.items()]
        return self.env["recurring.join.request"].search(
            [("plan_id", "=", self.season.id), *domain]
        )

    def _confirm_link(self, asked):
        with patch(
            "odoo.addons.recurring_revenue.models.membership.portal."
            "recurring_join_request.request",
            None,
        ):
            return re.sub(r"^https?://[^/]+", "", asked._confirm_url())

    def _join(self, **values):
        """Send the form and follow the link; return (request, last page)."""
        self._send(**values)
        asked = self._requests()[:1]
        self.assertEqual(asked.state, "waiting")
        return asked, self._post(self._confirm_link(asked))

    def _people(self):
        """Return how many partners and memberships there are."""
        return (
            self.env["res.partner"].with_context(active_test=False).search_count([]),
            self.env["recurring.membership"].search_count([]),
        )
