"""Setting papers (文书排版): a row of the record becomes a PDF; the row is the paper, the PDF only its picture."""
