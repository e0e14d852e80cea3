from . import subscription_import
