"""Refusals of a file with tables, before anybody looks for a list in it."""

from app.findings import Rule
from app.tables.cells import MOST_CELLS, MOST_COLUMNS, MOST_ROWS, MOST_SHEETS

UNSUPPORTED_TABLE = Rule(
    "unsupported_table",
    "这是 {format} 文件，不能按表格读取。请用 Excel 或 WPS 另存为 .xlsx 后上传；.xls、.ods、.csv 也可以。",
    "This is a {format} file, not a table: open it in Excel or WPS, save it as a workbook (.xlsx), and send that; "
    ".xls, .ods and .csv are taken, too.",
)
UNKNOWN_TABLE = Rule(
    "unsupported_table",
    "认不出该文件的格式。清单请使用 .xlsx、.xls、.ods 或 .csv。",
    "The format of the file is not known: send a list as .xlsx, .xls, .ods or .csv.",
)
LOCKED_TABLE = Rule(
    "locked_table",
    "该表格设有打开密码。请去掉密码后重新保存，再上传。",
    "This table opens with a password only: save it without one, then send it again.",
)
ACTIVE_TABLE = Rule(
    "active_table",
    "该表格含有宏、嵌入对象或来自其他文件的链接，不能接收。请把内容粘贴（为数值）到新的工作簿，另存为 .xlsx 后上传。",
    "This table has macros, embedded objects or links to other files: copy its values into a new workbook, save that "
    "as .xlsx, and send it.",
)
BROKEN_TABLE = Rule(
    "broken_table",
    "文件已损坏、不完整或过于复杂，无法读取。请把清单复制到新的工作簿，另存为 .xlsx 后上传。",
    "The file is damaged, incomplete or too complex to be read: copy the list into a new workbook, save that as .xlsx, "
    "and send it.",
)
TABLE_TOO_LARGE = Rule(
    "table_too_large",
    f"表格过大：最多 {MOST_ROWS} 行、{MOST_COLUMNS} 列、{MOST_SHEETS} 张工作表，有内容或合并的单元格合计 "
    f"{MOST_CELLS} 个。请只保留清单本身（删去下方和右侧多余的行和列）后上传。",
    f"The table is too large: at most {MOST_ROWS} rows, {MOST_COLUMNS} columns and {MOST_SHEETS} sheets, and "
    f"{MOST_CELLS} cells that say something or are merged. Keep the list alone, delete the rows and columns beside it, "
    "and send that.",
)
TABLE_REFUSALS = (UNSUPPORTED_TABLE, LOCKED_TABLE, ACTIVE_TABLE, BROKEN_TABLE, TABLE_TOO_LARGE)
