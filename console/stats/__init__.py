"""`tplc stats`: the ruler as a calculator. It needs no workspace and records nothing.

Each command reads columns that are named by option, never guessed, calls the Python API of
`validation`, and shows its `Result`: a table, one JSON object (``--json``), or the methods with
their references (``--cite``).
"""
