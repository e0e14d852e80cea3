"""A stage knows the stages before it and none after it (DESIGN: the rooms)."""

import ast
import re
from pathlib import Path

from odoo.tests import BaseCase, tagged

ROOT = Path(__file__).parent.parent
MODELS = ROOT / "models"


def stages():
    """The stages in the order in which ``models/__init__.py`` loads them."""
    text = (MODELS / "__init__.py").read_text()
    return re.findall(r"^from \. import (\w+)", text, re.MULTILINE)


def sources(stage):
    return sorted((MODELS / stage).rglob("*.py"))


def declared(stage):
    """Model names that a stage declares and fields that it adds to other models."""
    models, fields = set(), set()
    for path in sources(stage):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.ClassDef):
                continue
            names = _assigned(node)
            if "_name" in names:
                models.add(names["_name"])
            elif "_inherit" in names:
                fields |= {name for name in names if name.startswith("rr_")}
    return models, fields


def _assigned(node):
    """``{name: constant value or None}`` of the assignments in a class body."""
    names = {}
    for statement in node.body:
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                value = statement.value
                names[target.id] = getattr(value, "value", None)
    return names


def mentioned(path):
    """Every string and attribute that a file mentions, docstrings left out."""
    tree = ast.parse(path.read_text())
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    words = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            words.add(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) not in docstrings:
                words.add(node.value)
    return words


@tagged("post_install", "-at_install")
class TestArchitecture(BaseCase):
    def test_stages_exist_in_order(self):
        order = stages()
        self.assertEqual(order[:4], ["catalog", "subscription", "tax", "billing"])
        for stage in order:
            self.assertTrue(sources(stage), stage)

    def test_no_import_of_a_later_stage(self):
        order = stages()
        for position, stage in enumerate(order):
            later = set(order[position + 1 :])
            for path in sources(stage):
                for node in ast.walk(ast.parse(path.read_text())):
                    if isinstance(node, ast.ImportFrom) and node.level >= 2:
                        room = (node.module or "").split(".")[0]
                        self.assertNotIn(room, later, f"{path.name}: {room}")

    def test_no_model_or_field_of_a_later_stage(self):
        order = stages()
        own = set()
        for position, stage in enumerate(order):
            own |= set.union(*declared(stage))
            for later in order[position + 1 :]:
                foreign = set.union(*declared(later)) - own
                for path in sources(stage):
                    known = mentioned(path) & foreign
                    self.assertFalse(known, f"{stage}/{path.name} names {later}")

    def test_names_of_models_and_fields(self):
        """Models start with ``recurring.``; fields on core models with ``rr_``."""
        allowed = {"deferred_start_date", "deferred_end_date"}
        for stage in stages():
            for path in sources(stage):
                for node in ast.walk(ast.parse(path.read_text())):
                    if isinstance(node, ast.ClassDef):
                        self._check_names(path, node, allowed)

    def _check_names(self, path, node, allowed):
        names = _assigned(node)
        if names.get("_name"):
            self.assertTrue(names["_name"].startswith("recurring."), path.name)
        inherited = names.get("_inherit")
        if not isinstance(inherited, str) or inherited.startswith("recurring."):
            return
        for statement in node.body:
            if isinstance(statement, ast.Assign) and _is_field(statement.value):
                for target in statement.targets:
                    fine = target.id.startswith("rr_") or target.id in allowed
                    self.assertTrue(fine, f"{path.name}: {target.id}")


def _is_field(value):
    return (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Attribute)
        and getattr(value.func.value, "id", "") == "fields"
    )
