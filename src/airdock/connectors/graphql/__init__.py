"""GraphQL services: documents that authors write, with variables that messages fill."""
