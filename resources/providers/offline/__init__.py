"""The offline studio: speech and puppets made on this machine, with no key, no network and no cost."""
