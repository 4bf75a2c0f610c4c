"""Lists as tables for people, CSV and XLSX, written row by row in a limited process of its own for each."""
