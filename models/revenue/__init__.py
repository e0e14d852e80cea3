from . import revenue_entry_builder
