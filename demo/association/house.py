"""The association itself: who it is, who works for it, what it asks its members for."""

import base64
import io
import math
from datetime import date

from PIL import Image, ImageDraw

from odoo import Command

NAME = "Les Amis du Canal"
USERS = (
    ("odile", "Odile Kerbrat", "recurring_revenue.group_secretary"),
    ("rachid", "Rachid Haddad", "recurring_revenue.group_treasurer"),
)
# key: name, French, kind, proof, votes
CATEGORIES = {
    "full": ("Full member", "Membre actif", "person", False, 1),
    "reduced": (
        "Reduced price",
        "Tarif réduit",
        "person",
        ("Student card or proof of unemployment", "Carte d’étudiant ou attestation"),
        1,
    ),
    "benefactor": ("Benefactor", "Membre bienfaiteur", "person", False, 1),
    "body": ("Legal person", "Personne morale", "legal", False, 1),
    "honorary": ("Honorary member", "Membre d’honneur", "honorary", False, 0),
}


def company(env):
    """Return the company of the association, with the French chart of accounts."""
    made = env["res.company"].create(
        {
            "name": NAME,
            "street": "2 quai de Versailles",
            "zip": "44000",
            "city": "Nantes",
            "country_id": env.ref("base.fr").id,
            "currency_id": env.ref("base.EUR").id,
        }
    )
    # Odoo installs what the company's country asks for: the models may be new ones.
    env.transaction.reset()
    made = env["res.company"].browse(made.id)
    made.write(
        {
            "phone": "+33 2 40 00 00 44",
            "email": "bonjour@amis-du-canal.example",
        }
    )
    made.partner_id.write({"lang": "fr_FR", "tz": "Europe/Paris"})
    env["account.chart.template"].try_loading("fr", made, install_demo=False)
    for user in (env.ref("base.user_admin"), env.ref("base.user_root")):
        user.company_ids = [Command.link(made.id)]
    return made


def signature():
    """Return a picture of a signature: loops of ink, nobody's hand."""
    image = Image.new("RGBA", (360, 120), (255, 255, 255, 0))
    points = [
        (
            30 + turn * 3 + 18 * math.cos(turn / 4),
            60 + 34 * math.sin(turn / 4) * math.cos(turn / 30),
        )
        for turn in range(96)
    ]
    ImageDraw.Draw(image).line(points, fill=(20, 30, 110, 255), width=4, joint="curve")
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue())


def users(env, made):
    """Return the secretary and the treasurer by login; the password is the login."""
    records = env["res.users"].with_context(no_reset_password=True)
    return {
        login: records.create(
            {
                "name": name,
                "login": login,
                "password": login,
                "email": f"{login}@amis-du-canal.example",
                "lang": "fr_FR",
                "tz": "Europe/Paris",
                "company_id": made.id,
                "company_ids": [Command.set(made.ids)],
                "group_ids": [
                    Command.link(env.ref(xmlid).id)
                    for xmlid in ("base.group_user", group)
                ],
            }
        )
        for login, name, group in USERS
    }


def categories(env):
    """Return the categories of members by key, named in both languages."""
    found = {}
    for key, (name, french, kind, proof, votes) in CATEGORIES.items():
        record = env["recurring.membership.category"].create(
            {
                "name": name,
                "kind": kind,
                "proof": proof and proof[0],
                "votes": votes,
                "company_id": env.company.id,
            }
        )
        record.with_context(lang="fr_FR").name = french
        if proof:
            record.with_context(lang="fr_FR").proof = proof[1]
        found[key] = record
    return found


def season(env, kinds, products, begins: date):
    """Return the plan: seasons from September on, by month, on sale since a day.

    :param products: ``dues`` and ``entrance``, as the set-up of the books made them
    """
    plan = env["recurring.plan"].create(
        {"name": "Membership", "rr_kind": "membership", "company_id": env.company.id}
    )
    plan.with_context(lang="fr_FR").name = "Adhésion"
    version = plan.draft_version_id
    version.write(
        {
            "interval_unit": "year",
            "alignment": "season",
            "alignment_month": "9",
            "alignment_day": 1,
            "effective_date": begins,
            "rr_dues_basis": "month",
            "rr_next_from_month": "6",
            "rr_next_from_day": 1,
            "rr_grace_days": 60,
            "charge_ids": [
                *(
                    Command.create(
                        {
                            "name": name,
                            "product_id": products[
                                "entrance" if role == "one_off" else "dues"
                            ].id,
                            "role": role,
                            "unit_price": price,
                            "rr_category_id": key and kinds[key].id,
                            "rr_is_gift": True,
                            **more,
                        }
                    )
                    for name, _french, role, price, key, more in CHARGES
                ),
            ],
        }
    )
    for charge, row in zip(version.charge_ids.sorted("id"), CHARGES, strict=True):
        charge.with_context(lang="fr_FR").name = row[1]
    version.action_publish()
    return plan


HOUSEHOLD = {"rr_has_further_price": True, "rr_further_price": 20.0}
# name, French, role, price, category, more
CHARGES = (
    (
        *("Dues", "Cotisation", "base", 60.0, None),
        {**HOUSEHOLD, "rr_counterpart": 10.0},
    ),
    ("Reduced dues", "Cotisation à tarif réduit", "base", 25.0, "reduced", {}),
    (
        *("Dues of benefactors", "Cotisation de bienfaiteur", "base", 120.0),
        *("benefactor", {"rr_free_amount": True}),
    ),
    (
        *("Dues of legal persons", "Cotisation de personne morale", "base", 150.0),
        *("body", {}),
    ),
    ("Entrance fee", "Droit d’entrée", "one_off", 10.0, None, {"rr_is_gift": False}),
)
