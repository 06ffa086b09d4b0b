"""Documents, drawn from the evidence alone.

`dossier` turns records into the facts that a page may show, `traceability` sets them against the
clauses, `figures` draws, `render` fills a template, `pdf` makes the bytes, `issue` does it in order
and writes down what was issued. Nothing here measures: a document can be drawn again in ten years.
"""
