"""Tables: delimited text, workbooks, Parquet."""
