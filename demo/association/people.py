"""Two hundred neighbours of a canal: the same every time, and nobody real."""

from dataclasses import dataclass
from datetime import date, timedelta

FIRST = (
    "Adèle Agathe Alain Alice Amina André Anne Antoine Aurélie Bastien Béatrice "
    "Bernard Camille Cécile Chantal Charles Claire Clément Colette Damien Denis "
    "Djamila Édith Élise Émile Fanny Farid Florence François Gaëlle Gérard Hélène "
    "Hugo Inès Isabelle Jacques Jeanne Joël Karim Léa Lionel Louise Luc Madeleine "
    "Malik Marc Martine Mathis Mireille Nadège Nicolas Odile Olivier Pascal Paul "
    "Pauline Rachid Rémi Rose Sabine Samuel Simone Solène Thérèse Thomas Valérie "
    "Victor Yann Yvonne Zoé"
).split()
LAST = (
    "Aubert Bailly Barbier Baudet Berthelot Besson Blin Bonnet Bouvier Brunel Cadiou "
    "Carlier Chauvet Collin Cordier Corre Daniel Delmas Diallo Dubreuil Duval Evrard "
    "Fabre Ferrand Fleury Gallet Garnier Gauthier Gilbert Goasguen Grandin Guérin "
    "Guyot Hamon Haddad Hervé Huet Jacquot Joly Kerbrat Lacaze Lambert Laurent "
    "Le_Bihan Le_Goff Lemaire Lenoir Leroux Levasseur Maillard Marchand Marty Masson "
    "Mercier Meyer Millet Monnier Morvan Nguyen Olivier Payet Perrin Picard Pineau "
    "Poirier Quentin Raynaud Renault Rivière Rolland Roussel Sauvage Tanguy Texier "
    "Vidal Vincent Weber"
).split()
STREETS = (
    "rue du Port",
    "quai de la Fosse",
    "allée des Tilleuls",
    "chemin de Halage",
    "impasse des Écluses",
    "rue des Mariniers",
    "boulevard de l’Erdre",
)
TOWNS = (
    ("44000", "Nantes"),
    ("44240", "La Chapelle-sur-Erdre"),
    ("44470", "Carquefou"),
    ("44240", "Sucé-sur-Erdre"),
)
BODIES = (
    "Batellerie de l’Erdre SARL",
    "Comité des fêtes de Sucé",
    "Écluse Café SAS",
    "Ligue de canoë de l’Ouest",
    "Mutuelle des Mariniers",
)


@dataclass(frozen=True)
class Person:
    """A neighbour: who they are and where they live."""

    number: int
    first: str
    last: str

    @property
    def name(self):
        """First name and name, as Odoo shows a person."""
        return f"{self.first} {self.last}"

    @property
    def born(self):
        """A birth date between 1941 and 1995."""
        return date(1941, 1, 1) + timedelta(days=(self.number * 7919) % 19800)

    def values(self):
        """Return the values of the partner.

        >>> someone(3).values()["email"]
        'alice.corre.4@canal.example'
        """
        town = TOWNS[self.number % len(TOWNS)]
        mail = f"{self.first}.{self.last}".lower().replace(" ", "-")
        return {
            "name": self.name,
            "email": f"{plain(mail)}.{self.number + 1}@canal.example",
            "street": f"{1 + self.number % 83} {STREETS[self.number % len(STREETS)]}",
            "zip": town[0],
            "city": town[1],
            "lang": "en_US" if self.number % 41 == 40 else "fr_FR",
        }


def someone(number):
    """Return the neighbour of a number: all have different names."""
    first = FIRST[number % len(FIRST)]
    last = LAST[(number * 5) % len(LAST)].replace("_", " ")
    return Person(number, first, last)


def relative(person, number):
    """Return somebody of the same family and the same address.

    >>> relative(someone(0), 200).name
    'Marc Aubert'
    """
    return Person(person.number, FIRST[(number * 3 + 5) % len(FIRST)], person.last)


def plain(text):
    """Leave out accents: what an address of e-mail has.

    >>> plain("adèle")
    'adele'
    """
    table = str.maketrans("àâäçéèêëîïôöùûü’", "aaaceeeeiioouuu-")
    return text.translate(table)
