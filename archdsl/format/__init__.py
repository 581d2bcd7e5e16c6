"""A native spec -> the same spec, laid out: lines of cells (`layout`), their spelling (`cells`), the text
(`native`)."""
