"""How older ledgers become this version's: alembic's scripts, run at opening inside one transaction."""
