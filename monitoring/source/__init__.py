"""Where production data come from: files of any number and place, or a query on a database.

`opening` makes a source of what the plan says. `listing` finds the files, `whole` refuses those
that are half written, `parquet` and `text` read one file, `files` all of them, `sql` a query.
"""
