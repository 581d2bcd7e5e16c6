"""AST, settings and styles -> specs: every number known, every option checked."""
