"""The demo's association: its members, a season of dues and gifts, and its receipts."""
