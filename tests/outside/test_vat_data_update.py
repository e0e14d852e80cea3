"""An update of the addon mends what it delivered, and nothing that somebody changed."""

from tools.outside import OutsideCase

RATE = "SELECT rate FROM recurring_vat_rate WHERE territory = 'FR' AND category = '%s'"
NOTE = (
    "SELECT source FROM recurring_vat_rate WHERE territory = 'FR' AND category = '%s'"
)

CHANGE = """
rates = env["recurring.vat.rate"].search([("territory", "=", "FR")])
of = {rate.category: rate for rate in rates}
of["reduced"].rate = 5.6
mention = env.ref("recurring_revenue.vat_mention_text_eu_goods")
mention.text = "our own words"
nature = env.ref("recurring_revenue.vat_nature_goods")
result = [of["reduced"].origin, of["standard"].origin, mention.origin, nature.origin]
"""

# The addon of yesterday: another standard rate, and no super-reduced one yet, which
# somebody added.
YESTERDAY = [
    "UPDATE recurring_vat_rate SET rate = 19.6"
    " WHERE territory = 'FR' AND category = 'standard'",
    "UPDATE recurring_vat_nature SET sequence = 99 WHERE code = 'goods'",
    "DELETE FROM ir_model_data WHERE model = 'recurring.vat.rate' AND res_id ="
    " (SELECT id FROM recurring_vat_rate"
    " WHERE territory = 'FR' AND category = 'super_reduced')",
    "UPDATE recurring_vat_rate SET rate = 2.2"
    " WHERE territory = 'FR' AND category = 'super_reduced'",
]


class TestVatDataUpdate(OutsideCase):
    def test_what_was_changed_stays(self):
        database = self.database()
        origins = database.run(CHANGE).result
        self.assertEqual(origins, ["changed", "delivered", "changed", "delivered"])
        for statement in YESTERDAY:
            database.sql(statement)
        database.update()
        self.assertEqual(float(database.value(RATE % "reduced")), 5.6)
        self.assertEqual(database.value(RATE % "standard"), 20)
        self.assertEqual(float(database.value(RATE % "super_reduced")), 2.2)
        words = (
            "SELECT text FROM recurring_vat_mention_text WHERE text = 'our own words'"
        )
        self.assertEqual(len(database.sql(words)), 1)
        old = "SELECT count(*) FROM recurring_vat_nature WHERE sequence = 99"
        self.assertEqual(database.value(old), 0)
