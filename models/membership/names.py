"""Names as people and files spell them, made comparable."""

import re
import unicodedata


def normalised(text):
    """Return a text in small letters, without accents, hyphens and other marks.

    >>> normalised("N° d’Adhérent (Carte)"), normalised("Jean-Noël  BŒUF")
    ('n d adherent carte', 'jean noel boeuf')
    """
    text = (text or "").replace("œ", "oe").replace("Œ", "oe").replace("°", " ")
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(mark for mark in plain if not unicodedata.combining(mark))
    return " ".join(re.findall(r"[a-z0-9]+", plain))


def match_name(*parts):
    """Return what two spellings of one person's name share, in whatever order.

    >>> match_name("DUPONT", "Jean-Noël") == match_name("Jean Noel Dupont")
    True
    """
    return " ".join(sorted(normalised(" ".join(filter(None, parts))).split()))
