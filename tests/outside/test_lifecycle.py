"""Install, uninstall, install again: nothing is left behind, nothing complains."""

import re

from tools.outside import ADDON, OutsideCase, log_problems

# where an addon puts things that outlive its tables
RECORDS = (
    "ir_act_report_xml",
    "ir_act_server",
    "ir_act_window",
    "ir_act_client",
    "ir_config_parameter",
    "ir_cron",
    "ir_default",
    "ir_model",
    "ir_model_access",
    # Odoo itself forgets to take back its notes of foreign keys on core tables
    "ir_model_constraint WHERE type <> 'f'",
    "ir_model_fields",
    "ir_model_fields_selection",
    "ir_model_relation",
    "ir_rule",
    "ir_sequence",
    "ir_ui_menu",
    "ir_ui_view",
    "mail_activity_type",
    "mail_message_subtype",
    "mail_template",
    "res_groups",
    "res_groups_privilege",
)


class TestLifecycle(OutsideCase):
    def test_install_uninstall_install(self):
        # Given a database with the addon's neighbours
        database = self.database(with_addon=False)
        before = traces(database)

        # When the addon comes, goes and comes back
        first = database.install()
        installed = traces(database)
        uninstalled = database.uninstall()
        after = traces(database)
        again = database.install()

        # Then no log complains, nothing stays, and the second time is as the first
        for outcome in (first, uninstalled, again):
            self.assertEqual(log_problems(outcome), [])
        self.assertNotEqual(installed, before)
        self.assert_same_traces(after, before, "left behind by the uninstallation")
        self.assert_same_traces(traces(database), installed, "after the second install")
        state = "SELECT state FROM ir_module_module WHERE name = %s"
        self.assertEqual(database.value(state, [ADDON]), "installed")

    def test_update_changes_nothing(self):
        # Given an installed addon
        database = self.database()
        before = traces(database)

        # When it is updated to itself
        outcome = database.update()

        # Then all is as it was
        self.assertEqual(log_problems(outcome), [])
        self.assert_same_traces(traces(database), before, "after an update")

    def assert_same_traces(self, found, expected, when):
        for kind, names in expected.items():
            with self.subTest(kind=kind, when=when):
                too_many, missing = found[kind] - names, names - found[kind]
                self.assertEqual((sorted(too_many), sorted(missing)), ([], []))


def traces(database):
    """Everything by which a database could remember the addon, by kind."""
    found = {
        # the sequences' own relations are numbered, and counted below
        "relations": {re.sub(r"_\d+$", "", name) for name in database.tables()},
        "columns": columns(database),
        "identifiers": identifiers(database),
    }
    for table in RECORDS:
        count = database.value(f"SELECT count(*) FROM {table}")
        found[f"rows of {table}"] = {f"{count} rows"}
    return found


def columns(database):
    rows = database.sql(
        "SELECT table_name || '.' || column_name FROM information_schema.columns"
        " WHERE table_schema = 'public'"
    )
    return {name for (name,) in rows}


def identifiers(database):
    """The external identifiers that belong to the addon, but for the module itself,
    and for what Odoo's own modules keep of every model that had a chatter."""
    rows = database.sql(
        "SELECT name FROM ir_model_data WHERE module IN (%s, '__export__')"
        " OR name LIKE %s AND module <> 'base'"
        " AND name NOT LIKE 'model_inherit\\_\\_%%mail\\_thread'",
        [ADDON, f"%{ADDON}%"],
    )
    return {name for (name,) in rows}
