"""Lists as tables for people, CSV and XLSX, written and read in limited processes of their own."""
