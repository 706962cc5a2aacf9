"""How clips and pictures come in: opened, looked at, made plain and prepared, before anything is drawn from them."""
