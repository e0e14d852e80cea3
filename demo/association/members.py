"""Who belongs to the association: a file of the years before, and who joins since."""

import csv
import io
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from ..clock import iso, on
from . import people

SINGLES = 104
HOUSEHOLDS = 13  # of three: two more than the one who pays
REDUCED, BENEFACTORS, LIFETIME = 14, 6, 2
JOINERS = 40
COLUMNS = (
    *("number", "last_name", "first_name", "email", "street", "zip", "city"),
    *("country", "birth_date", "category", "joined_on", "paid_until", "payer"),
    *("representative", "resigned_on", "lifetime_from"),
)


def season_end(day):
    """Return the last day of the season (from 1 September) that a day lies in.

    >>> season_end(date(2026, 9, 1)), season_end(date(2026, 8, 31))
    (datetime.date(2027, 8, 31), datetime.date(2026, 8, 31))
    """
    return date(day.year + (day.month > 8), 8, 31)


def rows(day):
    """Yield a line for each member whom the register of the years before names.

    :param day: the day of the import: most have paid for the season it lies in
    """
    paid = season_end(day)
    before = season_end(paid - relativedelta(years=1))
    number = 0
    for place in range(SINGLES):
        person = people.someone(place)
        number += 1
        row = _row(number, person, day, paid_until=iso(paid))
        if place % 13 == 7:  # did not renew last year
            row["paid_until"] = iso(before)
        if place % 40 == 39:
            row["resigned_on"] = iso(day - timedelta(days=20))
        yield row
        if place % 8 == 3:
            for extra in (1, 2):
                number += 1
                other = people.relative(person, place + 100 * extra)
                about = _row(number, other, day, paid_until=iso(paid))
                yield {**about, "email": "", "payer": row["number"]}
    for place in range(REDUCED + BENEFACTORS + LIFETIME):
        number += 1
        person = people.someone(SINGLES + place)
        kind = "Tarif réduit" if place < REDUCED else "Membre bienfaiteur"
        row = _row(number, person, day, category=kind, paid_until=iso(paid))
        if place >= REDUCED + BENEFACTORS:
            row.update(category="Membre actif", lifetime_from=row["joined_on"])
        yield row
    for place, body in enumerate(people.BODIES):
        number += 1
        about = people.someone(160 + place)
        row = _row(number, about, day, category="Personne morale")
        yield {
            **row,
            "last_name": body,
            "first_name": "",
            "birth_date": "",
            "representative": about.name,
            "paid_until": iso(paid),
        }
    for place in range(3):
        number += 1
        person = people.someone(170 + place)
        yield _row(number, person, day, category="Membre d’honneur")


def _row(number, person, day, category="Membre actif", **values):
    about = person.values()
    joined = day - timedelta(days=400 + (number * 97) % 3000)
    return {
        "number": f"{number:05d}",
        "last_name": person.last,
        "first_name": person.first,
        **{name: about[name] for name in ("email", "street", "zip", "city")},
        "country": "FR",
        "birth_date": iso(person.born),
        "category": category,
        "joined_on": iso(joined),
        **values,
    }


def take_over(env, plan, day):
    """Import the register, as the secretary does it; return the job."""
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, COLUMNS)
    writer.writeheader()
    writer.writerows(rows(day))
    with on(day):
        job = env["recurring.member.import"]._upload(
            buffer.getvalue().encode("utf-8-sig"),
            "adherents.csv",
            env.company,
            "members",
            plan_id=plan.id,
        )
        if job.state != "checked":
            job.action_check()
        job.action_import()
    return job


def join(env, plan, categories, number, day):
    """Let a neighbour join on a day: call the dues; return the call."""
    person = people.someone(190 + number)
    with on(day):
        partner = env["res.partner"].create(
            {**person.values(), "country_id": env.ref("base.fr").id}
        )
        kind = "reduced" if number % 7 == 6 else "full"
        member = env["recurring.membership"].create(
            {
                "partner_id": partner.id,
                "plan_id": plan.id,
                "category_id": categories[kind].id,
                "joined_on": day,
            }
        )
        dues = member._call_dues(day)
        dues.action_call()
    return dues
