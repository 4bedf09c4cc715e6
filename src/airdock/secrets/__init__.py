"""Values that only connections and signatures use: encrypted in the database, or from the environment or files."""
