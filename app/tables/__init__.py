"""Lists as tables for people: CSV and XLSX written row by row, and lists that come as tables read, in limited processes."""
