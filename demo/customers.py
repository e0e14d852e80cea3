"""Customers: companies in five countries, associations, consumers. All invented.

Who was a customer before the story begins is created by the import of the portfolio
(see `portfolio`), the others by hand; both get what is said here.
"""

from stdnum import luhn
from stdnum.be import vat as be_vat
from stdnum.iso7064 import mod_11_10

from .company import siren_vat, siret

# key: name, postcode, city[, country]
COMPANIES = {
    "abeille": ("Les Abeilles du Vexin SARL", "95450", "Vigny"),
    "argile": ("Argile & Fils SAS", "42300", "Roanne"),
    "belfort": ("Menuiserie Belfort SARL", "90000", "Belfort"),
    "bocage": ("Bocage Paysage SARL", "61100", "Flers"),
    "brume": ("Brume Éditions SAS", "29200", "Brest"),
    "cadran": ("Le Cadran Horlogerie SARL", "25000", "Besançon"),
    "chevre": ("Chèvrerie des Monts SCEA", "07000", "Privas"),
    "cirier": ("Cirier de Cire SAS", "72000", "Le Mans"),
    "coutel": ("Coutellerie Laurent SARL", "63300", "Thiers"),
    "dune": ("Dune Architecture SARL", "33120", "Arcachon"),
    "ebene": ("Ébène & Noyer SAS", "59000", "Lille"),
    "ferron": ("Ferronnerie Moreau SARL", "71000", "Mâcon"),
    "gauffre": ("Imprimerie Gaufrée SAS", "69007", "Lyon"),
    "granit": ("Granit Breton SARL", "22100", "Dinan"),
    "heron": ("Héron Nautisme SAS", "56000", "Vannes"),
    "jacquard": ("Tissage Jacquard SAS", "42000", "Saint-Étienne"),
    "lavande": ("Lavande de Sault SARL", "84390", "Sault"),
    "luthier": ("Luthiers Réunis SCOP", "88500", "Mirecourt"),
    "malt": ("Malt et Houblon SAS", "67000", "Strasbourg"),
    "meule": ("La Meule Boulangerie SARL", "44100", "Nantes"),
    "nacre": ("Nacre Bijoux SARL", "60110", "Méru"),
    "osier": ("Vannerie d'Osier SCOP", "37190", "Villaines-les-Rochers"),
    "papier": ("Papeterie du Moulin SAS", "16000", "Angoulême"),
    "quai": ("Quai Ouest Conseil SAS", "75013", "Paris"),
    "sabot": ("Saboterie Normande SARL", "14000", "Caen"),
    "teck": ("Teck Marine SAS", "17000", "La Rochelle"),
    "verre": ("Verrerie du Rhône SAS", "69400", "Villefranche-sur-Saône"),
    "zinc": ("Zinc & Toits SARL", "35000", "Rennes"),
    "alster": ("Alster Möbel GmbH", "20095", "Hamburg", "DE"),
    "isar": ("Isar Werkstatt GmbH", "80331", "München", "DE"),
    "rhein": ("Rheinblick Druck GmbH", "50667", "Köln", "DE"),
    "spree": ("Spree Keramik GmbH", "10115", "Berlin", "DE"),
    "dendre": ("Brasserie de la Dendre SRL", "7800", "Ath", "BE"),
    "leie": ("Leie Textiel BV", "8500", "Kortrijk", "BE"),
    "meuse": ("Meuse Bois SRL", "5000", "Namur", "BE"),
    "senne": ("Atelier de la Senne SRL", "1000", "Bruxelles", "BE"),
    "aare": ("Aare Uhren AG", "3000", "Bern", "CH"),
    "jura": ("Jura Bois Sàrl", "2800", "Delémont", "CH"),
    "leman": ("Léman Voiles SA", "1003", "Lausanne", "CH"),
    "hudson": ("Hudson Woodshop LLC", "12534", "Hudson", "US"),
    "maine": ("Maine Boatworks Inc.", "04530", "Bath", "US"),
    "severn": ("Severn Pottery Ltd", "WR1 2EY", "Worcester", "GB"),
    "vanille": ("Vanilles de Bourbon SARL", "97400", "Saint-Denis"),
}
ASSOCIATIONS = {
    "fablab": ("FabLab de l'Erdre", "44240", "La Chapelle-sur-Erdre"),
    "repair": ("Repair Café de Vannes", "56000", "Vannes"),
    "tourne": ("Les Tourneurs du Dimanche", "87000", "Limoges"),
    "couture": ("Cercle de Couture d'Aubagne", "13400", "Aubagne"),
    "velo": ("Vélo Atelier Solidaire", "38000", "Grenoble"),
    "relieur": ("Relieurs de Touraine", "37000", "Tours"),
}
CONSUMERS = {
    "amelie": ("Amélie Rousseau", "44000", "Nantes"),
    "bastien": ("Bastien Colin", "49000", "Angers"),
    "camille": ("Camille Girard", "75011", "Paris"),
    "david": ("David Lefort", "31000", "Toulouse"),
    "elsa": ("Elsa Marchand", "34000", "Montpellier"),
    "fatou": ("Fatou Diarra", "93100", "Montreuil"),
    "gilles": ("Gilles Perrin", "21000", "Dijon"),
    "hugo": ("Hugo Lambert", "59800", "Lille"),
    "ines": ("Inès Caron", "76000", "Rouen"),
    "jeanne": ("Jeanne Faure", "06000", "Nice"),
    "karim": ("Karim Haddad", "13002", "Marseille"),
    "louise": ("Louise Blanc", "29000", "Quimper"),
    "marc": ("Marc Dupuis", "54000", "Nancy"),
    "noemie": ("Noémie Aubert", "35400", "Saint-Malo"),
    "greta": ("Greta Lindner", "10435", "Berlin", "DE"),
    "lucia": ("Lucía Ferrer", "28004", "Madrid", "ES"),
}
ALL = {**COMPANIES, **ASSOCIATIONS, **CONSUMERS}
NO_EMAIL = ("sabot", "gilles")
FRENCH_SPEAKING = ("FR", "BE")
STREETS = {
    "DE": "Am Markt {}",
    "ES": "Calle Mayor {}",
    "US": "{} Harbor Street",
    "GB": "{} Harbour Street",
}


class Customers:
    """Partners by key, created when the story first needs them."""

    def __init__(self, env, catalog, users):
        self.env = env
        self.sellers = [users["julien"], users["nadia"]]
        self.pricelists = {"US": catalog.dollars, "GB": catalog.pounds}
        self.partners = {}

    def __getitem__(self, key):
        if key not in self.partners:
            self.partners[key] = self.env["res.partner"].create(self.values(key))
            self.finish(key)
        return self.partners[key]

    def found(self, key):
        """Remember the partner that the import of the portfolio created."""
        partner = self.env["res.partner"].search([("ref", "=", key)])
        partner.is_company = key not in CONSUMERS
        self.partners[key] = partner
        self.finish(key)

    def values(self, key):
        """Return the values of a new partner."""
        about = facts(key)
        country = self.env["res.country"].search([("code", "=", about["country"])])
        return {
            "ref": key,
            "name": about["name"],
            "email": about["email"],
            "street": about["street"],
            "zip": about["zip"],
            "city": about["city"],
            "country_id": country.id,
            "vat": about["vat"],
            "lang": about["lang"],
            "is_company": key not in CONSUMERS,
            "customer_rank": 1,
        }

    def finish(self, key):
        """Give a partner what no import file carries: salesperson, price list."""
        partner = self.partners[key]
        partner.user_id = self.seller(key)
        siren = facts(key)["siren"]
        if siren:
            partner.company_registry = siret(siren)
        pricelist = self.pricelists.get(partner.country_id.code)
        if pricelist:
            partner.property_product_pricelist = pricelist
        if key in ("quai", "jacquard"):
            self.env["res.partner"].create(
                {
                    "name": "Service comptabilité",
                    "type": "invoice",
                    "parent_id": partner.id,
                    "email": f"factures@{key}.example",
                }
            )

    def seller(self, key):
        """Share the customers between the two salespeople."""
        return self.sellers[list(ALL).index(key) % len(self.sellers)]


def facts(key):
    """Return what is known about a customer, as plain texts."""
    name, zip_code, city, *country = ALL[key]
    country = country[0] if country else "FR"
    number = list(ALL).index(key) + 1
    siren = _siren(number) if key in COMPANIES and country == "FR" else ""
    return {
        "name": name,
        "email": "" if key in NO_EMAIL else f"contact@{key}.example",
        "street": STREETS.get(country, "{} rue du Port").format(3 * number),
        "zip": zip_code,
        "city": city,
        "country": country,
        "siren": siren,
        "vat": _vat(country, number, siren) if key in COMPANIES else "",
        "lang": "fr_FR" if country in FRENCH_SPEAKING else "en_US",
    }


def _siren(number):
    stem = f"9990{number:04d}"
    return stem + luhn.calc_check_digit(stem)


def _vat(country, number, siren):
    """Return a VAT number that passes the check of its country, or none."""
    if country == "FR":
        return siren_vat(siren)
    if country == "DE":
        stem = f"9990{number:04d}"
        return f"DE{stem}{mod_11_10.calc_check_digit(stem)}"
    if country == "BE":
        stem = f"0999{number:04d}"
        checked = next(
            digits
            for digits in (f"{stem}{check:02d}" for check in range(98))
            if be_vat.is_valid(digits)
        )
        return f"BE{checked}"
    return ""
