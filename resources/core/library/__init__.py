"""Where files live: every one once, by content, with the recipes that say what was made from what.

`local_store` and `object_store` know where bytes lie and how they get there whole, `cache` which of them stay near;
`library` knows what they are.
What a file cost is the ledger's matter; its receipt, as bytes, is kept here.
"""

from resources.core.library.library import Kept, Library, StoredName, media_of, recipe_key

__all__ = ["Kept", "Library", "StoredName", "media_of", "recipe_key"]
