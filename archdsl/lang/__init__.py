"""The words of tables, as data: layers, headers, classes of frameworks."""
