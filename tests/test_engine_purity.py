import ast
import doctest
import importlib
import subprocess
import sys
from pathlib import Path

from odoo.tests import BaseCase, tagged

ENGINE = Path(__file__).resolve().parent.parent / "engine"
SOURCES = sorted(ENGINE.glob("*.py"))
STANDARD = sys.stdlib_module_names | {"dateutil"}
CLOCKS = {"today", "now", "utcnow", "time", "localtime"}
LOAD_ALONE = """
import importlib, importlib.util, sys
sys.modules["odoo"] = None
folder, *stems = sys.argv[1:]
spec = importlib.util.spec_from_file_location(
    "alone", folder + "/__init__.py", submodule_search_locations=[folder]
)
sys.modules["alone"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(sys.modules["alone"])
for stem in stems:
    importlib.import_module("alone." + stem)
"""


def nodes(path):
    return ast.walk(ast.parse(path.read_text(encoding="utf-8")))


@tagged("post_install", "-at_install")
class TestEnginePurity(BaseCase):
    def test_it_imports_the_standard_library_and_itself_only(self):
        for path in SOURCES:
            for node in nodes(path):
                names = []
                if isinstance(node, ast.Import):
                    names = [alias.name for alias in node.names]
                elif isinstance(node, ast.ImportFrom):
                    self.assertLessEqual(node.level, 1, f"{path.name} leaves the room")
                    names = [] if node.level else [node.module]
                for name in names:
                    self.assertIn(name.split(".")[0], STANDARD, path.name)

    def test_it_reads_no_clock(self):
        for path in SOURCES:
            for node in nodes(path):
                if isinstance(node, ast.Call):
                    called = getattr(node.func, "attr", getattr(node.func, "id", ""))
                    self.assertNotIn(called, CLOCKS, path.name)

    def test_it_knows_no_float(self):
        for path in SOURCES:
            for node in nodes(path):
                if isinstance(node, ast.Constant):
                    self.assertNotIsInstance(node.value, float, path.name)
                if isinstance(node, ast.Name):
                    self.assertNotEqual(node.id, "float", path.name)

    def test_it_loads_without_odoo(self):
        """In a Python of its own, under another name, with Odoo out of reach."""
        stems = [path.stem for path in SOURCES]
        done = subprocess.run(
            [sys.executable, "-I", "-c", LOAD_ALONE, str(ENGINE), *stems],
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_the_examples_in_its_docstrings_hold(self):
        package = __package__.rsplit(".", 1)[0]
        tried = 0
        for path in SOURCES:
            if path.stem == "__init__":
                continue
            module = importlib.import_module(f"{package}.engine.{path.stem}")
            report = []
            runner = doctest.DocTestRunner(
                optionflags=doctest.IGNORE_EXCEPTION_DETAIL, verbose=False
            )
            for example in doctest.DocTestFinder().find(module):
                runner.run(example, out=report.append)
            self.assertEqual(runner.failures, 0, "".join(report))
            tried += runner.tries
        self.assertGreater(tried, 20)
