"""The endpoints by family: what each may be asked, one typed model of arguments a schema, its limits and its use."""
