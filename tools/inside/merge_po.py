"""Bring a translation to a new template: merge_po.py NEW.pot OLD.pot FILE.po [--check]

Translations of unchanged terms stay, gone terms go, new ones take the French of the
same term in Odoo's own modules, or come empty. Says which terms lack a translation;
with --check writes nothing and exits 1 on any difference.
"""

import sys
from pathlib import Path

import polib

import odoo.addons

# modules whose words ours should share, the first one first
SOURCES = ("base", "account", "sale", "mail", "product", "portal")
# a date alone is no reason for a change
DATES = ("POT-Creation-Date", "PO-Revision-Date")


def main(new_pot, old_pot, po_path, *options):
    check = "--check" in options
    template = polib.pofile(new_pot, wrapwidth=78)
    stale = texts(template) != texts(load(old_pot))
    language = Path(po_path).stem
    merged = merge(template, load(po_path), language)
    if not check:
        borrow(merged, language)
    stale_po = texts(merged) != texts(load(po_path))
    missing = [entry for entry in merged if not entry.msgstr or entry.fuzzy]
    for entry in missing:
        where = ", ".join(sorted({path for path, _line in entry.occurrences})[:2])
        sys.stdout.write(
            f"{Path(po_path).name}: no translation of {entry.msgid!r} ({where})\n"
        )
    if check:
        if stale or stale_po:
            sys.stdout.write("i18n/ is out of date: run ./dev i18n\n")
        return bool(missing or stale or stale_po)
    Path(old_pot).parent.mkdir(exist_ok=True)
    if stale:
        polib.pofile(new_pot, wrapwidth=78).save(old_pot)
    if stale_po:
        merged.save(po_path)
    count = len(template)
    sys.stdout.write(f"{count} terms, {len(missing)} without a French translation\n")
    return False


def load(path):
    return polib.pofile(path, wrapwidth=78) if Path(path).exists() else polib.POFile()


def texts(catalog):
    """What matters of a catalog."""
    return [
        (entry.msgctxt, entry.msgid, entry.msgstr, entry.comment, entry.occurrences)
        for entry in catalog
    ]


def merge(template, known, language):
    """The template's terms with the translations that are known."""
    translations = {(entry.msgctxt, entry.msgid): entry for entry in known}
    merged = polib.POFile(wrapwidth=78)
    merged.header = template.header
    merged.metadata = {**template.metadata, "Language": language}
    merged.metadata["Plural-Forms"] = "nplurals=2; plural=(n > 1);"
    for date in DATES:
        merged.metadata[date] = known.metadata.get(date) or template.metadata.get(date)
    for entry in template:
        old = translations.get((entry.msgctxt, entry.msgid))
        if old:
            entry.msgstr, entry.flags = old.msgstr, list(old.flags)
        merged.append(entry)
    return merged


def borrow(catalog, language):
    """Fill what is empty with Odoo's own words for the same term."""
    words = {}
    for module in SOURCES:
        for folder in map(Path, odoo.addons.__path__):
            for entry in load(folder / module / "i18n" / f"{language}.po"):
                if not entry.fuzzy and not entry.msgid_plural:
                    words.setdefault(entry.msgid, entry.msgstr)
    for entry in catalog:
        entry.msgstr = entry.msgstr or words.get(entry.msgid, "")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
