"""Lists as tables for people, in limited processes: written row by row as CSV and XLSX, and read as they come."""
