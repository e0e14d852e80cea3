"""Ways of giving and paying, which several rooms ask for in the same words."""

MODES = [
    ("cash", "Cash"),
    ("cheque", "Cheque"),
    ("transfer", "Bank transfer"),
    ("card", "Card"),
    ("debit", "Direct debit"),
]
NATURES = [
    ("money", "Money"),
    ("securities", "Listed securities"),
    ("income", "Waived income or products"),
    ("expenses", "Expenses that a volunteer waived"),
    ("kind", "Goods or services"),
]
# How a gift was made, as a tax receipt says it.
FORMS = [
    ("manual", "Declaration of a gift from hand to hand"),
    ("private", "Private deed"),
    ("notarial", "Notarial deed"),
    ("other", "Other"),
]
