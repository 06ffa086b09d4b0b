"""Summaries of production data that merge: made by one function, wherever the rows are.

`layout` says what is counted, `arrow` counts record batches, `local` (DuckDB) and `spark` bring
them to it, `counts` adds, `exchange` carries a site's summary, `measured` gives it back to the
ruler.
"""
