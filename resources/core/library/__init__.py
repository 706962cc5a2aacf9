"""Where files live: every one once, by content, with the recipes that say what was made from what.

`local_store` and `object_store` know where bytes lie and how they get there whole, `cache` which of them stay near;
`library` knows what they are, `results` what was made from what, `proofs` what is kept of money.
What a file cost is the ledger's matter; its receipt, as bytes, is kept here.
"""

from resources.core.library.library import Library
from resources.core.library.proofs import StoredName
from resources.core.library.results import Kept, media_of, recipe_key

__all__ = ["Kept", "Library", "StoredName", "media_of", "recipe_key"]
