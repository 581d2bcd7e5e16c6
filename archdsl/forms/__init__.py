"""A physical form (Markdown, LaTeX, HTML, boxes, summaries) -> sheets of cells."""
