"""The directory's tables, kind by kind: what each is kept as, and the little SQL that all kinds share."""
